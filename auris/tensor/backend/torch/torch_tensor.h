#pragma once
// The bridge between our tensors and LibTorch's: a Tensor on kTorch or kCuda holds a torch tensor, contiguous
// and of the same shape, with its place in the autograd graph.
//
//   torch_of(weight).requires_grad_(true);
//   torch_of(ops::linear(x, {.weight = weight})).sum().backward();
//   torch_of(weight).grad();

#include <ATen/core/Tensor.h>

#include "auris/tensor/tensor.h"

namespace auris {

// The tensor itself, not a copy. Throws kInternal for a tensor of another device.
at::Tensor torch_of(const Tensor& tensor);

// f32, f16, bf16, i32 or i8, of rank 4 at most, on the CPU or a GPU. Shares the memory if it is contiguous.
Tensor tensor_of(const at::Tensor& tensor);

}  // namespace auris
