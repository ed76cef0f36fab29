#pragma once
// Argument checks shared by the op functions. They throw kInternal: models check files and users before they
// compute.

#include <string>
#include <string_view>

#include "auris/tensor/row_layout.h"
#include "auris/tensor/tensor.h"

namespace auris::ops {

[[noreturn]] void fail_argument(std::string_view op, std::string expected, std::string got);

// "x f32 [3, 4] on cpu", or "x undefined".
std::string describe(std::string_view name, const Tensor& tensor);

void expect_type(std::string_view op, std::string_view name, const Tensor& tensor, DType dtype);
void expect_float(std::string_view op, std::string_view name, const Tensor& tensor);  // f32, f16 or bf16
void expect_shape(std::string_view op, std::string_view name, const Tensor& tensor, const Shape& shape);
void expect_cols(std::string_view op, std::string_view name, const Tensor& tensor, int64_t cols);
void expect_rows(std::string_view op, std::string_view name, const Tensor& tensor, int64_t rows);

// f32, f16 or bf16, and one row of `elements` numbers.
void expect_vector(std::string_view op, std::string_view name, const Tensor& tensor, int64_t elements);

// Spans in order, without gaps, over exactly the tensor's rows.
void expect_layout(std::string_view op, const RowLayout& layout, const Tensor& tensor);

}  // namespace auris::ops
