#pragma once
// Element types. A quantized type stores blocks of elements along the last dimension; its byte layout is
// GGUF's (ggml's block formats), so that a mapped file is used in place.

#include <cstdint>
#include <string_view>

namespace auris {

enum class DType : uint8_t {
  kF32,
  kF16,
  kBF16,
  kI32,
  kI8,    // with one f32 scale per row beside it: value = i8 / scale (CTranslate2)
  kQ8_0,  // 32 elements: f16 d; 32 x i8;             value = d * q
  kQ4_0,  // 32 elements: f16 d; 16 bytes;            value = d * (q - 8)
  kQ4_1,  // 32 elements: f16 d, f16 m; 16 bytes;     value = d * q + m
  kQ5_0,  // 32 elements: f16 d; u32 high bits; 16 bytes
  kQ5_1,  // 32 elements: f16 d, f16 m; u32 high bits; 16 bytes
  kQ4_K,  // 256 elements in 8 blocks of 32 with 6-bit scales and minima
  kQ5_K,  // 256 elements, the same with a fifth bit
  kQ6_K,  // 256 elements in 16 blocks of 16 with 8-bit scales
};

struct DTypeInfo {
  std::string_view name;
  int block_elements;  // elements in one block, 1 for plain types
  int block_bytes;     // bytes of one block
};

const DTypeInfo& info_of(DType dtype);
inline std::string_view name_of(DType dtype) { return info_of(dtype).name; }
inline bool is_quantized(DType dtype) { return info_of(dtype).block_elements > 1; }

}  // namespace auris
