#pragma once
// Rows of any DType as f32, one number after the other: the definition of the formats, and the path of rare
// cases. The layouts are ggml's (ggml-quants.c, dequantize_row_*). Kernels decode blocks on their own, in
// registers.

#include <cstddef>
#include <cstdint>

#include "auris/tensor/dtype.h"

namespace auris {

// `count` elements, a multiple of the type's block, starting at `data`. kI8 gives the bare integers.
void dequantize(DType dtype, const std::byte* data, int64_t count, float* out);

}  // namespace auris
