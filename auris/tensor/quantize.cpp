#include "auris/tensor/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "auris/base/error.h"
#include "auris/tensor/float16.h"
#include "auris/tensor/quantize_k.h"

// Compiled without contraction of products and sums (CMakeLists.txt): a fused one rounds ties differently.

namespace auris {
namespace {

constexpr int kBlock = 32;

template <typename T>
void write(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof(T));
}

// Of a step so small that it has no inverse the half is 0 anyway.
float inverse(float d) { return std::isfinite(1.0f / d) ? 1.0f / d : 0.0f; }

// The number of the largest magnitude, with its sign; the first of equals.
float extreme(const float* x) {
  float largest = 0.0f, value = 0.0f;
  for (int i = 0; i < kBlock; ++i) {
    if (std::abs(x[i]) <= largest) continue;
    largest = std::abs(x[i]);
    value = x[i];
  }
  return value;
}

void block_q8_0(const float* x, uint8_t* block) {
  const float d = std::abs(extreme(x)) / 127.0f, id = inverse(d);
  write(block, f32_to_f16(d));
  for (int i = 0; i < kBlock; ++i)
    block[2 + i] = static_cast<uint8_t>(static_cast<int8_t>(std::round(x[i] * id)));
}

// Whole numbers 0 .. 2 `half` - 1 around `half`, of which the extreme number becomes 0.
void symmetric(const float* x, int half, uint16_t& d_bits, uint8_t* q) {
  const float d = extreme(x) / static_cast<float>(-half), id = inverse(d);
  d_bits = f32_to_f16(d);
  for (int i = 0; i < kBlock; ++i) {
    const float level = x[i] * id + (static_cast<float>(half) + 0.5f);
    q[i] = static_cast<uint8_t>(std::clamp(static_cast<int>(level), 0, 2 * half - 1));
  }
}

// Whole numbers 0 .. `most` between the smallest and the largest number.
void affine(const float* x, int most, uint16_t& d_bits, uint16_t& m_bits, uint8_t* q) {
  const auto [low, high] = std::minmax_element(x, x + kBlock);
  const float min = *low, d = (*high - min) / static_cast<float>(most), id = inverse(d);
  d_bits = f32_to_f16(d);
  m_bits = f32_to_f16(min);
  for (int i = 0; i < kBlock; ++i) {
    const float level = (x[i] - min) * id + 0.5f;
    q[i] = static_cast<uint8_t>(std::clamp(static_cast<int>(level), 0, most));
  }
}

// Elements 0..15 in the low nibbles, 16..31 in the high ones.
void pack_nibbles(const uint8_t* q, uint8_t* out) {
  for (int i = 0; i < 16; ++i) out[i] = static_cast<uint8_t>((q[i] & 15) | (q[i + 16] & 15) << 4);
}

uint32_t fifth_bits(const uint8_t* q) {
  uint32_t bits = 0;
  for (int i = 0; i < kBlock; ++i) bits |= static_cast<uint32_t>(q[i] >> 4) << i;
  return bits;
}

void block_q4_0(const float* x, uint8_t* block) {
  uint16_t d = 0;
  uint8_t q[kBlock];
  symmetric(x, 8, d, q);
  write(block, d);
  pack_nibbles(q, block + 2);
}

void block_q5_0(const float* x, uint8_t* block) {
  uint16_t d = 0;
  uint8_t q[kBlock];
  symmetric(x, 16, d, q);
  write(block, d);
  write(block + 2, fifth_bits(q));
  pack_nibbles(q, block + 6);
}

void block_q4_1(const float* x, uint8_t* block) {
  uint16_t d = 0, m = 0;
  uint8_t q[kBlock];
  affine(x, 15, d, m, q);
  write(block, d);
  write(block + 2, m);
  pack_nibbles(q, block + 4);
}

void block_q5_1(const float* x, uint8_t* block) {
  uint16_t d = 0, m = 0;
  uint8_t q[kBlock];
  affine(x, 31, d, m, q);
  write(block, d);
  write(block + 2, m);
  write(block + 4, fifth_bits(q));
  pack_nibbles(q, block + 8);
}

using BlockEncoder = void (*)(const float* x, uint8_t* block);

BlockEncoder encoder_of(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0: return block_q8_0;
    case DType::kQ4_0: return block_q4_0;
    case DType::kQ4_1: return block_q4_1;
    case DType::kQ5_0: return block_q5_0;
    case DType::kQ5_1: return block_q5_1;
    case DType::kQ4_K: return quantize_block_q4_k;
    case DType::kQ5_K: return quantize_block_q5_k;
    case DType::kQ6_K: return quantize_block_q6_k;
    default: fail_invariant("a float or block type", __FILE__, __LINE__);
  }
}

}  // namespace

void quantize(DType dtype, const float* data, int64_t count, std::byte* out) {
  if (count == 0) return;
  auto* bytes = reinterpret_cast<uint8_t*>(out);
  switch (dtype) {
    case DType::kF32: std::memcpy(bytes, data, static_cast<size_t>(count) * sizeof(float)); return;
    case DType::kF16:
      for (int64_t i = 0; i < count; ++i) write(bytes + 2 * i, f32_to_f16(data[i]));
      return;
    case DType::kBF16:
      for (int64_t i = 0; i < count; ++i) write(bytes + 2 * i, f32_to_bf16(data[i]));
      return;
    default: break;
  }
  const BlockEncoder encode = encoder_of(dtype);
  const DTypeInfo& info = info_of(dtype);
  AURIS_CHECK(count % info.block_elements == 0);
  for (int64_t i = 0; i < count; i += info.block_elements, bytes += info.block_bytes) encode(data + i, bytes);
}

}  // namespace auris
