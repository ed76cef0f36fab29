#pragma once
// Blocks of 256 numbers (the K types); of quantize.cpp.

#include <cstdint>

namespace auris {

void quantize_block_q4_k(const float* x, uint8_t* block);
void quantize_block_q5_k(const float* x, uint8_t* block);
void quantize_block_q6_k(const float* x, uint8_t* block);

}  // namespace auris
