// Vectors of f32 and what several kernels do with them. Compiled once per Highway target.

#include <cstddef>
#include <cstdint>

#if defined(AURIS_TENSOR_BACKEND_CPU_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AURIS_TENSOR_BACKEND_CPU_VECTORS_INL_H_
#undef AURIS_TENSOR_BACKEND_CPU_VECTORS_INL_H_
#else
#define AURIS_TENSOR_BACKEND_CPU_VECTORS_INL_H_
#endif

#include <hwy/highway.h>

#include "auris/tensor/ops/linear.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using F32 = hn::CappedTag<float, 16>;
using I32 = hn::RebindToSigned<F32>;
using U32 = hn::RebindToUnsigned<F32>;
using Vec = hn::Vec<F32>;
constexpr int64_t kLanes = hn::MaxLanes(F32());

// 16 registers hold a tile of 6 x 2 accumulators, 32 registers one of 12 x 2.
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_NEON
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif
constexpr int64_t kTileCols = 2 * kLanes;

// Arrays of vectors must live in registers: their loops have to be unrolled completely.
#if HWY_COMPILER_CLANG
#define AURIS_UNROLL HWY_PRAGMA(clang loop unroll(full))
#else
#define AURIS_UNROLL HWY_PRAGMA(GCC unroll 16)
#endif

HWY_INLINE Vec load(const float* from) { return hn::LoadU(F32(), from); }
HWY_INLINE void store(Vec v, float* to) { hn::StoreU(v, F32(), to); }
HWY_INLINE Vec broadcast(float x) { return hn::Set(F32(), x); }
HWY_INLINE Vec load_f16(const uint16_t* from) {
  return hn::PromoteTo(
      F32(), hn::LoadU(hn::Rebind<hwy::float16_t, F32>(), reinterpret_cast<const hwy::float16_t*>(from)));
}
HWY_INLINE Vec load_bf16(const uint16_t* from) {
  return hn::PromoteTo(
      F32(), hn::LoadU(hn::Rebind<hwy::bfloat16_t, F32>(), reinterpret_cast<const hwy::bfloat16_t*>(from)));
}
HWY_INLINE Vec load_i8(const int8_t* from) {
  return hn::ConvertTo(F32(), hn::PromoteTo(I32(), hn::LoadU(hn::Rebind<int8_t, F32>(), from)));
}

// e^x to about 1e-7 relative; 0 below -87.3, and at most e^88. Cephes' reduction and polynomial.
HWY_INLINE Vec exp(Vec x) {
  const Vec low = broadcast(-87.33654f);
  const auto tiny = hn::Lt(x, low);
  x = hn::Min(hn::Max(x, low), broadcast(88.0f));
  const Vec n = hn::Round(hn::Mul(x, broadcast(1.44269504088896341f)));
  Vec r = hn::NegMulAdd(n, broadcast(0.693359375f), x);
  r = hn::NegMulAdd(n, broadcast(-2.12194440e-4f), r);
  Vec p = hn::MulAdd(broadcast(1.9875691500e-4f), r, broadcast(1.3981999507e-3f));
  p = hn::MulAdd(p, r, broadcast(8.3334519073e-3f));
  p = hn::MulAdd(p, r, broadcast(4.1665795894e-2f));
  p = hn::MulAdd(p, r, broadcast(1.6666665459e-1f));
  p = hn::MulAdd(p, r, broadcast(5.0000001201e-1f));
  p = hn::Add(hn::MulAdd(p, hn::Mul(r, r), r), broadcast(1.0f));
  const auto bits = hn::ShiftLeft<23>(hn::Add(hn::ConvertTo(I32(), n), hn::Set(I32(), 127)));
  return hn::IfThenZeroElse(tiny, hn::Mul(p, hn::BitCast(F32(), bits)));
}

// tanh by exp; absolute error about 1e-7.
HWY_INLINE Vec tanh(Vec x) {
  const Vec e = exp(hn::Add(x, x));
  return hn::Sub(broadcast(1.0f), hn::Div(broadcast(2.0f), hn::Add(e, broadcast(1.0f))));
}

// x * Phi(x). erfc by the Chebyshev fit of Numerical Recipes (erfcc), 1.2e-7 relative in both tails.
HWY_INLINE Vec gelu(Vec x) {
  const Vec z = hn::Mul(hn::Abs(x), broadcast(0.70710678118654752f));
  const Vec t = hn::Div(broadcast(1.0f), hn::MulAdd(z, broadcast(0.5f), broadcast(1.0f)));
  Vec p = hn::MulAdd(broadcast(0.17087277f), t, broadcast(-0.82215223f));
  p = hn::MulAdd(p, t, broadcast(1.48851587f));
  p = hn::MulAdd(p, t, broadcast(-1.13520398f));
  p = hn::MulAdd(p, t, broadcast(0.27886807f));
  p = hn::MulAdd(p, t, broadcast(-0.18628806f));
  p = hn::MulAdd(p, t, broadcast(0.09678418f));
  p = hn::MulAdd(p, t, broadcast(0.37409196f));
  p = hn::MulAdd(p, t, broadcast(1.00002368f));
  p = hn::MulAdd(p, t, broadcast(-1.26551223f));
  const Vec half_tail = hn::Mul(hn::Mul(t, broadcast(0.5f)), exp(hn::NegMulAdd(z, z, p)));
  const Vec phi = hn::IfThenElse(hn::Lt(x, hn::Zero(F32())), half_tail, hn::Sub(broadcast(1.0f), half_tail));
  return hn::Mul(x, phi);
}

HWY_INLINE Vec silu(Vec x) { return hn::Div(x, hn::Add(broadcast(1.0f), exp(hn::Neg(x)))); }

// 0.5 x (1 + tanh(u)) = x / (1 + e^-2u)
HWY_INLINE Vec gelu_tanh(Vec x) {
  const Vec cubic = hn::MulAdd(hn::Mul(x, x), broadcast(0.044715f * 1.5957691216f), broadcast(1.5957691216f));
  return hn::Div(x, hn::Add(broadcast(1.0f), exp(hn::Neg(hn::Mul(x, cubic)))));
}

HWY_INLINE Vec activate(Vec x, Activation activation) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kGelu: return gelu(x);
    case Activation::kGeluTanh: return gelu_tanh(x);
    case Activation::kSilu: return silu(x);
    case Activation::kRelu: return hn::Max(x, hn::Zero(F32()));
  }
  return x;
}

// The four sums of each of the four interleaved groups of lanes: lane i mod 4. Always added in the same
// order.
template <class D, class V>
HWY_INLINE hn::Vec<hn::Full128<float>> fold_blocks(D /*d*/, V v) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    return v;
  } else {
    const hn::Half<D> half;
    return fold_blocks(half, hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v)));
  }
}

// The sums of all lanes of four vectors.
HWY_INLINE void sum4(Vec a, Vec b, Vec c, Vec d, float* HWY_RESTRICT sums) {
  const hn::Full128<float> quad;
  const hn::Full128<uint64_t> pairs;
  const auto fa = fold_blocks(F32(), a), fb = fold_blocks(F32(), b);
  const auto fc = fold_blocks(F32(), c), fd = fold_blocks(F32(), d);
  const auto ab =
      hn::Add(hn::InterleaveLower(quad, fa, fb), hn::InterleaveUpper(quad, fa, fb));  // a02 b02 a13 b13
  const auto cd = hn::Add(hn::InterleaveLower(quad, fc, fd), hn::InterleaveUpper(quad, fc, fd));
  const auto even =
      hn::BitCast(quad, hn::InterleaveLower(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, cd)));
  const auto odd =
      hn::BitCast(quad, hn::InterleaveUpper(pairs, hn::BitCast(pairs, ab), hn::BitCast(pairs, cd)));
  hn::StoreU(hn::Add(even, odd), quad, sums);
}

HWY_INLINE float sum(Vec v) { return hn::GetLane(hn::SumOfLanes(F32(), v)); }
HWY_INLINE float largest(Vec v) { return hn::GetLane(hn::MaxOfLanes(F32(), v)); }

// The 128-bit blocks of v, `stride` floats apart.
template <class D, class V>
HWY_INLINE void store_blocks(D d, V v, float* HWY_RESTRICT to, int64_t stride) {
  if constexpr (hn::MaxLanes(D()) <= 4) {
    hn::StoreU(v, d, to);
  } else {
    const hn::Half<D> half;
    store_blocks(half, hn::LowerHalf(half, v), to, stride);
    store_blocks(half, hn::UpperHalf(half, v), to + static_cast<int64_t>(hn::MaxLanes(D())) / 8 * stride,
                 stride);
  }
}

// Four rows of kLanes numbers become columns: to[i * stride + r] = row r's number i.
HWY_INLINE void store_transposed(Vec a, Vec b, Vec c, Vec d, float* HWY_RESTRICT to, int64_t stride) {
  const F32 f32;
  const hn::RepartitionToWide<U32> pairs;
  const auto ab_low = hn::BitCast(pairs, hn::InterleaveLower(f32, a, b));
  const auto ab_high = hn::BitCast(pairs, hn::InterleaveUpper(f32, a, b));
  const auto cd_low = hn::BitCast(pairs, hn::InterleaveLower(f32, c, d));
  const auto cd_high = hn::BitCast(pairs, hn::InterleaveUpper(f32, c, d));
  store_blocks(f32, hn::BitCast(f32, hn::InterleaveLower(pairs, ab_low, cd_low)), to, 4 * stride);
  store_blocks(f32, hn::BitCast(f32, hn::InterleaveUpper(pairs, ab_low, cd_low)), to + stride, 4 * stride);
  store_blocks(f32, hn::BitCast(f32, hn::InterleaveLower(pairs, ab_high, cd_high)), to + 2 * stride,
               4 * stride);
  store_blocks(f32, hn::BitCast(f32, hn::InterleaveUpper(pairs, ab_high, cd_high)), to + 3 * stride,
               4 * stride);
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
