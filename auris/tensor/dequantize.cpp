#include "auris/tensor/dequantize.h"

#include <cstring>

#include "auris/base/error.h"
#include "auris/tensor/float16.h"

namespace auris {
namespace {

template <typename T>
T read(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

float half_at(const uint8_t* at) { return f16_to_f32(read<uint16_t>(at)); }

void block_q8_0(const uint8_t* block, float* out) {
  float d = half_at(block);
  for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(static_cast<int8_t>(block[2 + i]));
}

// The low nibbles are elements 0..15, the high ones 16..31.
void block_q4_0(const uint8_t* block, float* out) {
  float d = half_at(block);
  for (int i = 0; i < 16; ++i) {
    out[i] = d * static_cast<float>((block[2 + i] & 15) - 8);
    out[i + 16] = d * static_cast<float>((block[2 + i] >> 4) - 8);
  }
}

void block_q4_1(const uint8_t* block, float* out) {
  float d = half_at(block);
  float m = half_at(block + 2);
  for (int i = 0; i < 16; ++i) {
    out[i] = d * static_cast<float>(block[4 + i] & 15) + m;
    out[i + 16] = d * static_cast<float>(block[4 + i] >> 4) + m;
  }
}

// Bit i of the u32 is the fifth bit of element i.
void block_q5_0(const uint8_t* block, float* out) {
  float d = half_at(block);
  auto high = read<uint32_t>(block + 2);
  for (int i = 0; i < 16; ++i) {
    int low = (block[6 + i] & 15) | static_cast<int>(high >> i & 1u) << 4;
    int upper = (block[6 + i] >> 4) | static_cast<int>(high >> (i + 16) & 1u) << 4;
    out[i] = d * static_cast<float>(low - 16);
    out[i + 16] = d * static_cast<float>(upper - 16);
  }
}

void block_q5_1(const uint8_t* block, float* out) {
  float d = half_at(block);
  float m = half_at(block + 2);
  auto high = read<uint32_t>(block + 4);
  for (int i = 0; i < 16; ++i) {
    int low = (block[8 + i] & 15) | static_cast<int>(high >> i & 1u) << 4;
    int upper = (block[8 + i] >> 4) | static_cast<int>(high >> (i + 16) & 1u) << 4;
    out[i] = d * static_cast<float>(low) + m;
    out[i + 16] = d * static_cast<float>(upper) + m;
  }
}

// Eight 6-bit scales and eight 6-bit minima in 12 bytes.
struct ScaleAndMin {
  int scale, min;
};
ScaleAndMin k_scale(const uint8_t* packed, int j) {
  if (j < 4) return {packed[j] & 63, packed[j + 4] & 63};
  return {(packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4, (packed[j + 4] >> 4) | (packed[j] >> 6) << 4};
}

// f16 d, f16 dmin, 12 bytes of scales, 128 bytes of nibbles: 32 bytes hold sub-block 2i in the low, 2i + 1 in
// the high nibbles.
void block_q4_k(const uint8_t* block, float* out) {
  float d = half_at(block);
  float dmin = half_at(block + 2);
  for (int j = 0; j < 8; ++j) {
    ScaleAndMin s = k_scale(block + 4, j);
    float scale = d * static_cast<float>(s.scale);
    float min = dmin * static_cast<float>(s.min);
    const uint8_t* nibbles = block + 16 + j / 2 * 32;
    for (int i = 0; i < 32; ++i) {
      int q = j % 2 == 0 ? nibbles[i] & 15 : nibbles[i] >> 4;
      out[j * 32 + i] = scale * static_cast<float>(q) - min;
    }
  }
}

// As q4_k with 32 bytes of fifth bits before the nibbles: bit j of byte i belongs to element i of sub-block
// j.
void block_q5_k(const uint8_t* block, float* out) {
  float d = half_at(block);
  float dmin = half_at(block + 2);
  const uint8_t* high = block + 16;
  for (int j = 0; j < 8; ++j) {
    ScaleAndMin s = k_scale(block + 4, j);
    float scale = d * static_cast<float>(s.scale);
    float min = dmin * static_cast<float>(s.min);
    const uint8_t* nibbles = block + 48 + j / 2 * 32;
    for (int i = 0; i < 32; ++i) {
      int q = (j % 2 == 0 ? nibbles[i] & 15 : nibbles[i] >> 4) | (high[i] >> j & 1) << 4;
      out[j * 32 + i] = scale * static_cast<float>(q) - min;
    }
  }
}

// 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 i8 scales, f16 d. Each half of 128 elements has
// 64 bytes of nibbles and 32 of pairs; its four runs of 32 elements use (low, low, high, high) nibbles of
// bytes (0, 32, 0, 32)...
void block_q6_k(const uint8_t* block, float* out) {
  float d = half_at(block + 208);
  for (int half = 0; half < 2; ++half) {
    const uint8_t* low = block + half * 64;
    const uint8_t* high = block + 128 + half * 32;
    const uint8_t* scales = block + 192 + half * 8;
    for (int run = 0; run < 4; ++run) {
      for (int i = 0; i < 32; ++i) {
        int nibble = low[run % 2 * 32 + i] >> (run / 2 * 4) & 15;
        int q = (nibble | (high[i] >> (2 * run) & 3) << 4) - 32;
        auto scale = static_cast<float>(static_cast<int8_t>(scales[2 * run + i / 16]));
        out[half * 128 + run * 32 + i] = d * scale * static_cast<float>(q);
      }
    }
  }
}

using BlockDecoder = void (*)(const uint8_t* block, float* out);

BlockDecoder decoder_of(DType dtype) {
  switch (dtype) {
    case DType::kQ8_0: return block_q8_0;
    case DType::kQ4_0: return block_q4_0;
    case DType::kQ4_1: return block_q4_1;
    case DType::kQ5_0: return block_q5_0;
    case DType::kQ5_1: return block_q5_1;
    case DType::kQ4_K: return block_q4_k;
    case DType::kQ5_K: return block_q5_k;
    case DType::kQ6_K: return block_q6_k;
    default: return [](const uint8_t*, float*) { fail_invariant("a block type", __FILE__, __LINE__); };
  }
}

}  // namespace

void dequantize(DType dtype, const std::byte* data, int64_t count, float* out) {
  if (count == 0) return;  // an empty tensor may have no address, which memcpy forbids
  const auto* bytes = reinterpret_cast<const uint8_t*>(data);
  switch (dtype) {
    case DType::kF32: std::memcpy(out, bytes, static_cast<size_t>(count) * sizeof(float)); return;
    case DType::kF16:
      for (int64_t i = 0; i < count; ++i) out[i] = half_at(bytes + 2 * i);
      return;
    case DType::kBF16:
      for (int64_t i = 0; i < count; ++i) out[i] = bf16_to_f32(read<uint16_t>(bytes + 2 * i));
      return;
    case DType::kI32:
      for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(read<int32_t>(bytes + 4 * i));
      return;
    case DType::kI8:
      for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(static_cast<int8_t>(bytes[i]));
      return;
    default: break;
  }
  const DTypeInfo& info = info_of(dtype);
  BlockDecoder decode = decoder_of(dtype);
  for (int64_t i = 0; i < count; i += info.block_elements, bytes += info.block_bytes) decode(bytes, out + i);
}

}  // namespace auris
