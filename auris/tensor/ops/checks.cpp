#include "auris/tensor/ops/checks.h"

#include <fmt/format.h>

namespace auris::ops {

void fail_argument(std::string_view op, std::string expected, std::string got) {
  throw Error(ErrorCode::kInternal,
              {.where = std::string(op), .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

std::string describe(std::string_view name, const Tensor& tensor) {
  if (!tensor.defined()) return fmt::format("{} undefined", name);
  return fmt::format("{} {} {} on {}", name, name_of(tensor.dtype()), tensor.shape().to_string(),
                     name_of(tensor.device()));
}

void expect_type(std::string_view op, std::string_view name, const Tensor& tensor, DType dtype) {
  if (tensor.defined() && tensor.dtype() == dtype) return;
  fail_argument(op, fmt::format("{} {}", name, name_of(dtype)), describe(name, tensor));
}

void expect_float(std::string_view op, std::string_view name, const Tensor& tensor) {
  if (tensor.defined()) {
    DType dtype = tensor.dtype();
    if (dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16) return;
  }
  fail_argument(op, fmt::format("{} in f32, f16 or bf16", name), describe(name, tensor));
}

void expect_shape(std::string_view op, std::string_view name, const Tensor& tensor, const Shape& shape) {
  if (tensor.defined() && tensor.shape() == shape) return;
  fail_argument(op, fmt::format("{} {}", name, shape.to_string()), describe(name, tensor));
}

void expect_cols(std::string_view op, std::string_view name, const Tensor& tensor, int64_t cols) {
  if (tensor.defined() && tensor.cols() == cols) return;
  fail_argument(op, fmt::format("{} with {} columns", name, cols), describe(name, tensor));
}

void expect_rows(std::string_view op, std::string_view name, const Tensor& tensor, int64_t rows) {
  if (tensor.defined() && tensor.rows() == rows) return;
  fail_argument(op, fmt::format("{} with {} rows", name, rows), describe(name, tensor));
}

void expect_vector(std::string_view op, std::string_view name, const Tensor& tensor, int64_t elements) {
  expect_float(op, name, tensor);
  if (tensor.cols() == elements && tensor.elements() == elements) return;
  fail_argument(op, fmt::format("{} [{}]", name, elements), describe(name, tensor));
}

void expect_layout(std::string_view op, const RowLayout& layout, const Tensor& tensor) {
  int64_t next = 0;
  for (const RowSpan& span : layout.spans) {
    if (span.row_begin != next || span.row_count < 0 || span.position_begin < 0) {
      fail_argument(op, fmt::format("a span that begins at row {}", next),
                    fmt::format("{} rows from row {} at position {}", span.row_count, span.row_begin,
                                span.position_begin));
    }
    next += span.row_count;
  }
  if (next != tensor.rows()) {
    fail_argument(op, fmt::format("a layout of {} rows", tensor.rows()), fmt::format("{} rows", next));
  }
  if (!layout.key_bias.empty() && static_cast<int64_t>(layout.key_bias.size()) != next) {
    fail_argument(op, fmt::format("{} key biases", next), fmt::format("{}", layout.key_bias.size()));
  }
}

}  // namespace auris::ops
