#pragma once
// Element by element, f32.

#include "auris/tensor/ops/linear.h"
#include "auris/tensor/tensor.h"

namespace auris::ops {

// x + y; y has x's shape, or is one row [cols] that is added to every row. y may be f32, f16 or bf16.
Tensor add(const Tensor& x, const Tensor& y);
Tensor multiply(const Tensor& x, const Tensor& y);
Tensor scale(const Tensor& x, float factor);
Tensor activate(const Tensor& x, Activation activation);

// Any DType to f32, same shape; row_scale as in LinearWeights, with kI8 only.
Tensor to_f32(const Tensor& x, const Tensor& row_scale = {});

// log(softmax) of each row.
Tensor log_softmax(const Tensor& x);

}  // namespace auris::ops
