// Weights of any DType as vectors of f32, 32 elements at a time. Formats: auris/tensor/dequantize.cpp.
// Compiled once per Highway target.

#if defined(AURIS_TENSOR_BACKEND_CPU_DECODE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AURIS_TENSOR_BACKEND_CPU_DECODE_INL_H_
#undef AURIS_TENSOR_BACKEND_CPU_DECODE_INL_H_
#else
#define AURIS_TENSOR_BACKEND_CPU_DECODE_INL_H_
#endif

#include <cstring>

#include "auris/tensor/backend/cpu/vectors-inl.h"
#include "auris/tensor/dtype.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

constexpr int64_t kRun = 32;                   // elements that are decoded together
constexpr int kRunVectors = kRun / kLanes;     // vectors of a run
constexpr int kHalfVectors = kRunVectors / 2;  // vectors of 16 elements

template <typename T>
HWY_INLINE T read(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

HWY_INLINE float half_at(const float* halves, const uint8_t* at) { return halves[read<uint16_t>(at)]; }

// kLanes bytes, one in each 32-bit lane.
HWY_INLINE hn::Vec<I32> bytes_at(const uint8_t* at) {
  return hn::PromoteTo(I32(), hn::LoadU(hn::Rebind<uint8_t, I32>(), at));
}

// scale * nibble + offset for the low or the high nibbles of bytes.
#if HWY_TARGET == HWY_AVX3
class Nibbles {
 public:
  // With 16 lanes all possible results fit into one register, and vpermps looks at the lowest 4 bits only.
  HWY_INLINE Nibbles(float scale, float offset)
      : values_(hn::MulAdd(hn::Iota(F32(), 0.0f), broadcast(scale), broadcast(offset))) {}
  HWY_INLINE Vec low(hn::Vec<I32> bytes) const {
    return hn::TableLookupLanes(values_, hn::Indices512<float>{bytes.raw});
  }
  HWY_INLINE Vec high(hn::Vec<I32> bytes) const { return low(hn::ShiftRight<4>(bytes)); }

 private:
  Vec values_;
};
#else
class Nibbles {
 public:
  HWY_INLINE Nibbles(float scale, float offset) : scale_(broadcast(scale)), offset_(broadcast(offset)) {}
  HWY_INLINE Vec low(hn::Vec<I32> bytes) const {
    return hn::MulAdd(hn::ConvertTo(F32(), hn::And(bytes, hn::Set(I32(), 15))), scale_, offset_);
  }
  HWY_INLINE Vec high(hn::Vec<I32> bytes) const {
    return hn::MulAdd(hn::ConvertTo(F32(), hn::ShiftRight<4>(bytes)), scale_, offset_);
  }

 private:
  Vec scale_, offset_;
};
#endif

// 32 elements whose first 16 are the low nibbles (q4_0, q4_1).
HWY_INLINE void decode_nibbles(const uint8_t* bytes, float scale, float offset, Vec* HWY_RESTRICT out) {
  const Nibbles nibbles(scale, offset);
  for (int i = 0; i < kHalfVectors; ++i) {
    const auto both = bytes_at(bytes + i * kLanes);
    out[i] = nibbles.low(both);
    out[i + kHalfVectors] = nibbles.high(both);
  }
}

// The same with a fifth bit from bit e of `fifth` for element e (q5_0, q5_1).
HWY_INLINE void decode_nibbles_and_bits(const uint8_t* bytes, uint32_t fifth, float scale, float offset,
                                        Vec* HWY_RESTRICT out) {
  alignas(64) static constexpr uint32_t kBits[32] = {
      1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
      1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
      1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
      1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31};
  const auto all = hn::Set(U32(), fifth);
  for (int i = 0; i < kRunVectors; ++i) {
    const auto both = bytes_at(bytes + i % kHalfVectors * kLanes);
    const auto nibble = i < kHalfVectors ? hn::And(both, hn::Set(I32(), 15)) : hn::ShiftRight<4>(both);
    const auto set = hn::TestBit(all, hn::Load(U32(), kBits + i * kLanes));
    const auto bit = hn::BitCast(I32(), hn::IfThenElseZero(set, hn::Set(U32(), 16)));
    out[i] = hn::MulAdd(hn::ConvertTo(F32(), hn::Or(nibble, bit)), broadcast(scale), broadcast(offset));
  }
}

// Scale and minimum of sub-block j of q4_k and q5_k.
HWY_INLINE void k_scale(const uint8_t* packed, int j, float d, float dmin, float& scale, float& offset) {
  int s, m;
  if (j < 4) {
    s = packed[j] & 63;
    m = packed[j + 4] & 63;
  } else {
    s = (packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4;
    m = (packed[j + 4] >> 4) | (packed[j] >> 6) << 4;
  }
  scale = d * static_cast<float>(s);
  offset = -(dmin * static_cast<float>(m));
}

HWY_INLINE void decode_q4_k(const uint8_t* block, int j, const float* halves, Vec* HWY_RESTRICT out) {
  float scale, offset;
  k_scale(block + 4, j, half_at(halves, block), half_at(halves, block + 2), scale, offset);
  const Nibbles nibbles(scale, offset);
  for (int i = 0; i < kRunVectors; ++i) {
    const auto both = bytes_at(block + 16 + j / 2 * 32 + i * kLanes);
    out[i] = j % 2 == 0 ? nibbles.low(both) : nibbles.high(both);
  }
}

HWY_INLINE void decode_q5_k(const uint8_t* block, int j, const float* halves, Vec* HWY_RESTRICT out) {
  float scale, offset;
  k_scale(block + 4, j, half_at(halves, block), half_at(halves, block + 2), scale, offset);
  const auto bit = hn::Set(I32(), 1 << j);
  for (int i = 0; i < kRunVectors; ++i) {
    const auto both = bytes_at(block + 48 + j / 2 * 32 + i * kLanes);
    const auto nibble = j % 2 == 0 ? hn::And(both, hn::Set(I32(), 15)) : hn::ShiftRight<4>(both);
    const auto set = hn::TestBit(bytes_at(block + 16 + i * kLanes), bit);
    const auto q = hn::Or(nibble, hn::VecFromMask(I32(), set) & hn::Set(I32(), 16));
    out[i] = hn::MulAdd(hn::ConvertTo(F32(), q), broadcast(scale), broadcast(offset));
  }
}

// Run j of 8: bit pairs are at shift 2 * (j mod 4), nibbles in the upper half for (j mod 4) >= 2.
HWY_INLINE void decode_q6_k(const uint8_t* block, int j, const float* halves, Vec* HWY_RESTRICT out) {
  const int half = j / 4, run = j % 4;
  const float d = half_at(halves, block + 208);
  const uint8_t* low = block + half * 64 + run % 2 * 32;
  const uint8_t* high = block + 128 + half * 32;
  for (int i = 0; i < kRunVectors; ++i) {
    const auto scale = static_cast<int8_t>(block[192 + half * 8 + 2 * run + i / kHalfVectors]);
    const auto both = bytes_at(low + i * kLanes);
    const auto nibble = run < 2 ? hn::And(both, hn::Set(I32(), 15)) : hn::ShiftRight<4>(both);
    const auto pair = hn::And(hn::ShiftRightSame(bytes_at(high + i * kLanes), 2 * run), hn::Set(I32(), 3));
    const auto q = hn::Sub(hn::Or(nibble, hn::ShiftLeft<4>(pair)), hn::Set(I32(), 32));
    out[i] = hn::Mul(hn::ConvertTo(F32(), q), broadcast(d * static_cast<float>(scale)));
  }
}

// Elements [32 run, 32 run + 32) of a weight row.
template <DType kType>
HWY_INLINE void decode_run(const uint8_t* HWY_RESTRICT row, int64_t run, const float* halves,
                           Vec* HWY_RESTRICT out) {
  if constexpr (kType == DType::kF32) {
    for (int i = 0; i < kRunVectors; ++i)
      out[i] = load(reinterpret_cast<const float*>(row) + run * kRun + i * kLanes);
  } else if constexpr (kType == DType::kF16) {
    for (int i = 0; i < kRunVectors; ++i) {
      out[i] = load_f16(reinterpret_cast<const uint16_t*>(row) + run * kRun + i * kLanes);
    }
  } else if constexpr (kType == DType::kBF16) {
    for (int i = 0; i < kRunVectors; ++i) {
      out[i] = load_bf16(reinterpret_cast<const uint16_t*>(row) + run * kRun + i * kLanes);
    }
  } else if constexpr (kType == DType::kI8) {
    for (int i = 0; i < kRunVectors; ++i) {
      out[i] = load_i8(reinterpret_cast<const int8_t*>(row) + run * kRun + i * kLanes);
    }
  } else if constexpr (kType == DType::kQ8_0) {
    const uint8_t* block = row + run * 34;
    const Vec d = broadcast(half_at(halves, block));
    for (int i = 0; i < kRunVectors; ++i) {
      out[i] = hn::Mul(load_i8(reinterpret_cast<const int8_t*>(block) + 2 + i * kLanes), d);
    }
  } else if constexpr (kType == DType::kQ4_0) {
    const uint8_t* block = row + run * 18;
    const float d = half_at(halves, block);
    decode_nibbles(block + 2, d, -8.0f * d, out);
  } else if constexpr (kType == DType::kQ4_1) {
    const uint8_t* block = row + run * 20;
    decode_nibbles(block + 4, half_at(halves, block), half_at(halves, block + 2), out);
  } else if constexpr (kType == DType::kQ5_0) {
    const uint8_t* block = row + run * 22;
    const float d = half_at(halves, block);
    decode_nibbles_and_bits(block + 6, read<uint32_t>(block + 2), d, -16.0f * d, out);
  } else if constexpr (kType == DType::kQ5_1) {
    const uint8_t* block = row + run * 24;
    decode_nibbles_and_bits(block + 8, read<uint32_t>(block + 4), half_at(halves, block),
                            half_at(halves, block + 2), out);
  } else if constexpr (kType == DType::kQ4_K) {
    decode_q4_k(row + run / 8 * 144, static_cast<int>(run % 8), halves, out);
  } else if constexpr (kType == DType::kQ5_K) {
    decode_q5_k(row + run / 8 * 176, static_cast<int>(run % 8), halves, out);
  } else {
    static_assert(kType == DType::kQ6_K);
    decode_q6_k(row + run / 8 * 210, static_cast<int>(run % 8), halves, out);
  }
}

// The last, incomplete run of a row of a plain type (block types have none): what is missing reads as zero.
template <DType kType>
HWY_INLINE void decode_tail(const uint8_t* HWY_RESTRICT row, int64_t begin, int64_t end, const float* halves,
                            Vec* HWY_RESTRICT out) {
  constexpr size_t kBytes = kType == DType::kF32 ? 4 : kType == DType::kI8 ? 1 : 2;
  alignas(64) uint8_t padded[kRun * 4] = {};
  std::memcpy(padded, row + static_cast<size_t>(begin) * kBytes, static_cast<size_t>(end - begin) * kBytes);
  decode_run<kType>(padded, 0, halves, out);
}

constexpr bool is_block_type(DType dtype) { return dtype >= DType::kQ8_0; }

// Bytes of 32 elements; about, where a block has more.
constexpr int64_t bytes_of_run(DType dtype) {
  switch (dtype) {
    case DType::kF32: return 128;
    case DType::kF16:
    case DType::kBF16: return 64;
    case DType::kI8: return 32;
    case DType::kQ8_0: return 34;
    case DType::kQ4_0: return 18;
    case DType::kQ4_1: return 20;
    case DType::kQ5_0: return 22;
    case DType::kQ5_1: return 24;
    case DType::kQ4_K: return 18;
    case DType::kQ5_K: return 22;
    default: return 26;
  }
}

// Calls function.template operator()<dtype>() for a weight's type.
template <class Function>
HWY_INLINE void with_type(DType dtype, const Function& function) {
  switch (dtype) {
    case DType::kF32: return function.template operator()<DType::kF32>();
    case DType::kF16: return function.template operator()<DType::kF16>();
    case DType::kBF16: return function.template operator()<DType::kBF16>();
    case DType::kI8: return function.template operator()<DType::kI8>();
    case DType::kQ8_0: return function.template operator()<DType::kQ8_0>();
    case DType::kQ4_0: return function.template operator()<DType::kQ4_0>();
    case DType::kQ4_1: return function.template operator()<DType::kQ4_1>();
    case DType::kQ5_0: return function.template operator()<DType::kQ5_0>();
    case DType::kQ5_1: return function.template operator()<DType::kQ5_1>();
    case DType::kQ4_K: return function.template operator()<DType::kQ4_K>();
    case DType::kQ5_K: return function.template operator()<DType::kQ5_K>();
    case DType::kQ6_K: return function.template operator()<DType::kQ6_K>();
    case DType::kI32: break;
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
