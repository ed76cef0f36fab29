#pragma once
// f32 numbers as any float or block type: the way back of dequantize.h. The numbers of a block are chosen as
// ggml's reference quantizers choose them (ggml-quants.c, quantize_row_*_ref), to the same bits.

#include <cstddef>
#include <cstdint>

#include "auris/tensor/dtype.h"

namespace auris {

// `count` finite numbers, a multiple of the type's block, into count / block_elements blocks at `out`. Too
// large ones become infinite, as halves do. Throws kInternal for the integer types kI8 and kI32.
void quantize(DType dtype, const float* data, int64_t count, std::byte* out);

}  // namespace auris
