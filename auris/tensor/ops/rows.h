#pragma once
// Moving rows: embedding lookup, gathering, placing, pooling and stacking.

#include <cstdint>
#include <span>

#include "auris/tensor/row_layout.h"
#include "auris/tensor/tensor.h"

namespace auris {

// Spans after `factor` rows became one: ceil(rows / factor).
RowLayout pooled_layout(const RowLayout& layout, int factor);

namespace ops {

// Rows `ids` of table [vocab, dim] in any DType -> f32 [ids, dim]. An id outside the table throws kInternal:
// callers check the ids of users.
Tensor embedding(const Tensor& table, std::span<const int32_t> ids);

// Rows `indices` of x (f32) -> [indices, cols].
Tensor gather_rows(const Tensor& x, std::span<const int32_t> indices);

// A copy of base [rows, cols] in which row indices[i] is rows[i].
Tensor place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows);

// x and y one below the other; equal cols.
Tensor concat_rows(const Tensor& x, const Tensor& y);

// `factor` neighbouring rows of a span side by side -> [rows of pooled_layout, factor * cols]; the last group
// of a span is filled up with zeros.
Tensor stack_rows(const Tensor& x, const RowLayout& layout, int factor);

// The mean of `factor` neighbouring rows; a last, smaller group is dropped (as AvgPool1d does), so a span of
// n rows becomes n / factor rows.
Tensor average_rows(const Tensor& x, const RowLayout& layout, int factor);

}  // namespace ops
}  // namespace auris
