#include "auris/tensor/ops/conv1d.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris {

int64_t conv1d_rows(int64_t rows, int kernel, const Conv1dOptions& options) {
  if (kernel < 1 || options.stride < 1 || options.padding < 0) {
    ops::fail_argument(
        "conv1d", "kernel and stride above 0, padding at least 0",
        fmt::format("kernel {}, stride {}, padding {}", kernel, options.stride, options.padding));
  }
  int64_t padded = rows + 2 * int64_t{options.padding};
  return rows == 0 || padded < kernel ? 0 : (padded - kernel) / options.stride + 1;
}

RowLayout conv1d_layout(const RowLayout& layout, int kernel, const Conv1dOptions& options) {
  RowLayout result;
  for (const RowSpan& span : layout.spans) {
    result.add(conv1d_rows(span.row_count, kernel, options), 0, span.sequence);
  }
  return result;
}

namespace ops {

Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
              const Conv1dOptions& options) {
  expect_type("conv1d", "x", x, DType::kF32);
  expect_float("conv1d", "weight", weight);
  if (weight.shape().rank() != 3 || weight.shape()[1] != x.cols()) {
    fail_argument("conv1d", fmt::format("weight [out, {}, kernel]", x.cols()), describe("weight", weight));
  }
  if (bias.defined()) expect_vector("conv1d", "bias", bias, weight.shape()[0]);
  expect_layout("conv1d", layout, x);
  conv1d_rows(0, static_cast<int>(weight.shape()[2]), options);  // checks kernel and options
  return backend_of(x.device()).conv1d(x, weight, bias, layout, options);
}

}  // namespace ops
}  // namespace auris
