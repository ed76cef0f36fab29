#include "auris/tensor/ops/rows.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris {

RowLayout pooled_layout(const RowLayout& layout, int factor) {
  AURIS_CHECK(factor >= 1);
  RowLayout result;
  for (const RowSpan& span : layout.spans)
    result.add((span.row_count + factor - 1) / factor, 0, span.sequence);
  return result;
}

namespace ops {
namespace {

void check_indices(std::string_view op, std::span<const int32_t> indices, int64_t rows) {
  for (int32_t index : indices) {
    if (index >= 0 && index < rows) continue;
    fail_argument(op, fmt::format("indices from 0 to {}", rows - 1), std::to_string(index));
  }
}

void check_groups(std::string_view op, const Tensor& x, const RowLayout& layout, int factor) {
  expect_type(op, "x", x, DType::kF32);
  expect_layout(op, layout, x);
  if (factor < 1) fail_argument(op, "a factor of at least 1", std::to_string(factor));
}

}  // namespace

Tensor embedding(const Tensor& table, std::span<const int32_t> ids) {
  if (!table.defined()) fail_argument("embedding", "a table", describe("table", table));
  check_indices("embedding", ids, table.rows());
  return backend_of(table.device()).embedding(table, ids);
}

Tensor gather_rows(const Tensor& x, std::span<const int32_t> indices) {
  expect_type("gather_rows", "x", x, DType::kF32);
  check_indices("gather_rows", indices, x.rows());
  return backend_of(x.device()).gather_rows(x, indices);
}

Tensor place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) {
  expect_type("place_rows", "base", base, DType::kF32);
  expect_type("place_rows", "rows", rows, DType::kF32);
  expect_cols("place_rows", "rows", rows, base.cols());
  expect_rows("place_rows", "rows", rows, static_cast<int64_t>(indices.size()));
  check_indices("place_rows", indices, base.rows());
  return backend_of(base.device()).place_rows(base, indices, rows);
}

Tensor concat_rows(const Tensor& x, const Tensor& y) {
  expect_type("concat_rows", "x", x, DType::kF32);
  expect_type("concat_rows", "y", y, DType::kF32);
  expect_cols("concat_rows", "y", y, x.cols());
  return backend_of(x.device()).concat_rows(x, y);
}

Tensor stack_rows(const Tensor& x, const RowLayout& layout, int factor) {
  check_groups("stack_rows", x, layout, factor);
  return backend_of(x.device()).stack_rows(x, layout, factor);
}

Tensor average_rows(const Tensor& x, const RowLayout& layout, int factor) {
  check_groups("average_rows", x, layout, factor);
  return backend_of(x.device()).average_rows(x, layout, factor);
}

}  // namespace ops
}  // namespace auris
