#pragma once
// How the torch ops take their arguments.

#include <ATen/TensorOperators.h>

#include <cstdint>
#include <span>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris::torch_backend {

std::vector<int64_t> sizes_of(const Shape& shape);

// The numbers as f32 on `device`, undefined for an undefined tensor. A weight on the host is dequantized and
// copied at each call: what is used often is moved there once, by to_device().
at::Tensor floats_of(const Tensor& tensor, at::Device device);

// Indices as torch wants them: i64 on `device`.
at::Tensor indices_of(std::span<const int32_t> indices, at::Device device);

// A factor of a matrix product: bf16 under Autocast, else as it is. Undefined stays undefined.
at::Tensor factor_of(const at::Tensor& tensor);

}  // namespace auris::torch_backend
