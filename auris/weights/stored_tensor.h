#pragma once
// Numbers in the type that they are written in.

#include <string>

#include "auris/tensor/tensor.h"

namespace auris::weights {

// `tensor` (host, f32) as f32, f16 or bf16, the nearest ones; the tensor itself for f32. Throws kUsage for
// numbers that are too large for f16, under this name.
Tensor stored_as(DType dtype, const std::string& name, const Tensor& tensor);

}  // namespace auris::weights
