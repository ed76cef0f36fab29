#pragma once
// Tensors from one device to another. What moves is numbers: a copy does not pass gradients on.

#include "auris/tensor/ops/linear.h"
#include "auris/tensor/tensor.h"

namespace auris {

// The tensor on `device`; itself if it is there already, the same memory if both devices share host tensors,
// else a copy. Devices that do not share host tensors hold f32, i32 and bare i8: other types become f32.
Tensor to_device(const Tensor& tensor, Device device);

// The same for weights; i8 weights and their scales become one f32 weight on devices that do not share host
// tensors.
LinearWeights to_device(const LinearWeights& weights, Device device);

// The tensor on the cpu. It may share the memory, so nobody may write through it.
Tensor to_host(const Tensor& tensor);

}  // namespace auris
