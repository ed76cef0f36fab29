// Weights of q4_k, q5_k and q6_k for products of few rows: a block of 256 elements at a time, whose scales
// are unpacked once. Elements come out as decode_run's, bit for bit. Compiled once per Highway target.

#if defined(AURIS_TENSOR_BACKEND_CPU_DECODE_K_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AURIS_TENSOR_BACKEND_CPU_DECODE_K_INL_H_
#undef AURIS_TENSOR_BACKEND_CPU_DECODE_K_INL_H_
#else
#define AURIS_TENSOR_BACKEND_CPU_DECODE_K_INL_H_
#endif

#include "auris/tensor/backend/cpu/decode-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

constexpr int64_t kBlock = 256;  // elements that share d
constexpr bool is_k_type(DType dtype) {
  return dtype == DType::kQ4_K || dtype == DType::kQ5_K || dtype == DType::kQ6_K;
}
constexpr int64_t bytes_of_block(DType dtype) {
  return dtype == DType::kQ4_K ? 144 : dtype == DType::kQ5_K ? 176 : 210;
}

// A block is decoded in parts: the elements whose nibbles or bit pairs lie in the same bytes.
constexpr int64_t part_elements(DType dtype) { return dtype == DType::kQ6_K ? 128 : 64; }

// What the elements of a block are multiplied with, and for q4_k and q5_k what is added.
struct BlockScales {
  alignas(64) float scales[16];
  alignas(64) float offsets[8];
};

// to[i] = bytes[i] * factor
template <class D, class T>
HWY_INLINE void scaled_bytes(D d, const T* bytes, float factor, float* HWY_RESTRICT to) {
  const hn::RebindToSigned<D> d32;
  const auto numbers = hn::PromoteTo(d32, hn::LoadU(hn::Rebind<T, D>(), bytes));
  hn::Store(hn::Mul(hn::ConvertTo(d, numbers), hn::Set(d, factor)), d, to);
}

template <DType kType>
HWY_INLINE void open_block(const uint8_t* block, const float* halves, BlockScales& to) {
  if constexpr (kType == DType::kQ6_K) {
    const float d = half_at(halves, block + 208);
    const auto* scales = reinterpret_cast<const int8_t*>(block) + 192;
    for (int64_t i = 0; i < 16; i += kLanes) scaled_bytes(F32(), scales + i, d, to.scales + i);
  } else {
    // Four 6-bit numbers at once: the layout of k_scale.
    const auto a = read<uint32_t>(block + 4), b = read<uint32_t>(block + 8), c = read<uint32_t>(block + 12);
    const uint64_t scales_high = (c & 0x0f0f0f0fu) | (a >> 2 & 0x30303030u);
    const uint64_t mins_high = (c >> 4 & 0x0f0f0f0fu) | (b >> 2 & 0x30303030u);
    const uint64_t packed[2] = {(a & 0x3f3f3f3fu) | scales_high << 32, (b & 0x3f3f3f3fu) | mins_high << 32};
    uint8_t bytes[16];
    std::memcpy(bytes, packed, sizeof(bytes));
    const hn::CappedTag<float, 8> d8;
    const float d = half_at(halves, block), dmin = half_at(halves, block + 2);
    for (size_t i = 0; i < 8; i += hn::MaxLanes(d8)) {
      scaled_bytes(d8, bytes + i, d, to.scales + i);
      scaled_bytes(d8, bytes + 8 + i, -dmin, to.offsets + i);
    }
  }
}

using Bytes = hn::CappedTag<uint8_t, 32>;

template <int kShift>
HWY_INLINE hn::Vec<Bytes> shifted_left(hn::Vec<Bytes> v) {  // what crosses bytes is masked away by the caller
  const hn::Repartition<uint16_t, Bytes> d16;
  if constexpr (kShift > 0) return hn::BitCast(Bytes(), hn::ShiftLeft<kShift>(hn::BitCast(d16, v)));
  if constexpr (kShift < 0) return hn::BitCast(Bytes(), hn::ShiftRight<-kShift>(hn::BitCast(d16, v)));
  return v;
}

// Nibbles of 32 bytes with bits of 32 others on top, ((high << kShift) & kMask), less kMinus.
template <bool kUpper, int kShift, uint8_t kMask, uint8_t kMinus = 0>
HWY_INLINE void join_bits(const uint8_t* low, const uint8_t* high, uint8_t* HWY_RESTRICT to) {
  const Bytes d;
  AURIS_UNROLL
  for (size_t i = 0; i < 32; i += hn::MaxLanes(d)) {
    const auto both = hn::LoadU(d, low + i);
    const auto nibble = hn::And(kUpper ? shifted_left<-4>(both) : both, hn::Set(d, 15));
    const auto top = hn::And(shifted_left<kShift>(hn::LoadU(d, high + i)), hn::Set(d, kMask));
    const auto joined = hn::Or(nibble, top);
    hn::Store(kMinus ? hn::Sub(joined, hn::Set(d, kMinus)) : joined, d, to + i);
  }
}

// Calls emit(v, vector) for the vectors of 64 elements of q4_k in order.
template <class Emit>
HWY_INLINE void emit_part_q4_k(const uint8_t* block, const BlockScales& s, int part, const Emit& emit) {
  const uint8_t* bytes = block + 16 + 32 * part;
  const Nibbles first(s.scales[2 * part], s.offsets[2 * part]);
  const Nibbles second(s.scales[2 * part + 1], s.offsets[2 * part + 1]);
  hn::Vec<I32> both[kRunVectors];
  AURIS_UNROLL
  for (int v = 0; v < kRunVectors; ++v) {
    both[v] = bytes_at(bytes + v * kLanes);
    emit(v, first.low(both[v]));
  }
  AURIS_UNROLL
  for (int v = 0; v < kRunVectors; ++v) emit(kRunVectors + v, second.high(both[v]));
}

// The same for 64 elements of q5_k.
template <class Emit>
HWY_INLINE void emit_part_q5_k(const uint8_t* block, const BlockScales& s, int part, const Emit& emit) {
  alignas(32) uint8_t high[32], q[64];
  const Bytes d;
  const hn::Repartition<uint16_t, Bytes> d16;
  AURIS_UNROLL
  for (size_t i = 0; i < 32; i += hn::MaxLanes(d)) {
    const auto bits = hn::BitCast(d16, hn::LoadU(d, block + 16 + i));
    hn::Store(hn::BitCast(d, hn::ShiftRightSame(bits, 2 * part)), d, high + i);
  }
  join_bits<false, 4, 16>(block + 48 + 32 * part, high, q);
  join_bits<true, 3, 16>(block + 48 + 32 * part, high, q + 32);
  AURIS_UNROLL
  for (int run = 0; run < 2; ++run) {
    const Vec scale = broadcast(s.scales[2 * part + run]), offset = broadcast(s.offsets[2 * part + run]);
    AURIS_UNROLL
    for (int v = 0; v < kRunVectors; ++v) {
      const auto numbers = bytes_at(q + 32 * run + v * kLanes);
      emit(run * kRunVectors + v, hn::MulAdd(hn::ConvertTo(F32(), numbers), scale, offset));
    }
  }
}

// The same for 128 elements of q6_k.
template <class Emit>
HWY_INLINE void emit_part_q6_k(const uint8_t* block, const BlockScales& s, int part, const Emit& emit) {
  alignas(32) uint8_t q[128];
  const uint8_t* low = block + 64 * part;
  const uint8_t* high = block + 128 + 32 * part;
  join_bits<false, 4, 48, 32>(low, high, q);
  join_bits<false, 2, 48, 32>(low + 32, high, q + 32);
  join_bits<true, 0, 48, 32>(low, high, q + 64);
  join_bits<true, -2, 48, 32>(low + 32, high, q + 96);
  const auto* numbers = reinterpret_cast<const int8_t*>(q);
  AURIS_UNROLL
  for (int sixteen = 0; sixteen < 8; ++sixteen) {
    const Vec scale = broadcast(s.scales[8 * part + sixteen]);
    AURIS_UNROLL
    for (int v = 0; v < kHalfVectors; ++v) {
      const int at = sixteen * kHalfVectors + v;
      emit(at, hn::Mul(load_i8(numbers + at * kLanes), scale));
    }
  }
}

template <DType kType, class Emit>
HWY_INLINE void emit_part(const uint8_t* block, const BlockScales& scales, int part, const Emit& emit) {
  if constexpr (kType == DType::kQ4_K) {
    emit_part_q4_k(block, scales, part, emit);
  } else if constexpr (kType == DType::kQ5_K) {
    emit_part_q5_k(block, scales, part, emit);
  } else {
    emit_part_q6_k(block, scales, part, emit);
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
