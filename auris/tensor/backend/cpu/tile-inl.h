// The register-blocked heart of all matrix products: a tile of up to kTileRows x kTileCols sums, and the
// packing of its two inputs. Compiled once per Highway target.

#if defined(AURIS_TENSOR_BACKEND_CPU_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AURIS_TENSOR_BACKEND_CPU_TILE_INL_H_
#undef AURIS_TENSOR_BACKEND_CPU_TILE_INL_H_
#else
#define AURIS_TENSOR_BACKEND_CPU_TILE_INL_H_
#endif

#include <utility>

#include "auris/tensor/backend/cpu/decode-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

// sums[r][v] += a(r, k) * columns(k, v) for k = 0 ... depth - 1. a(r, k) = a[r * kRowStep + k * kDepthStep].
template <int kRows, int kRowStep, int kDepthStep, class Columns>
HWY_INLINE void accumulate(const float* HWY_RESTRICT a, int64_t depth, const Columns& columns,
                           Vec (&sums)[kRows][2]) {
  for (int64_t k = 0; k < depth; ++k) {
    const Vec b0 = columns(k, 0);
    const Vec b1 = columns(k, 1);
    AURIS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vec x = broadcast(a[r * kRowStep + k * kDepthStep]);
      sums[r][0] = hn::MulAdd(x, b0, sums[r][0]);
      sums[r][1] = hn::MulAdd(x, b1, sums[r][1]);
    }
  }
}

// Columns that lie `step` floats apart from one k to the next.
struct FloatColumns {
  const float* from;
  int64_t step;
  HWY_INLINE Vec operator()(int64_t k, int v) const { return load(from + k * step + v * kLanes); }
};

// c[r][0 ... kTileCols) (+)= packed a x packed b.
template <int kRows>
HWY_NOINLINE void gemm_tile(const float* HWY_RESTRICT a, const float* HWY_RESTRICT b, int64_t depth,
                            float* HWY_RESTRICT c, int64_t c_step, bool add) {
  Vec sums[kRows][2];
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    sums[r][0] = add ? load(c + r * c_step) : hn::Zero(F32());
    sums[r][1] = add ? load(c + r * c_step + kLanes) : hn::Zero(F32());
  }
  accumulate<kRows, 1, kTileRows>(a, depth, FloatColumns{b, kTileCols}, sums);
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    store(sums[r][0], c + r * c_step);
    store(sums[r][1], c + r * c_step + kLanes);
  }
}

using GemmTile = void (*)(const float*, const float*, int64_t, float*, int64_t, bool);

template <int... kIndex>
constexpr GemmTile gemm_tile_of(int rows, std::integer_sequence<int, kIndex...>) {
  constexpr GemmTile kTiles[] = {gemm_tile<kIndex + 1>...};
  return kTiles[rows - 1];
}
HWY_INLINE GemmTile gemm_tile_of(int rows) {
  return gemm_tile_of(rows, std::make_integer_sequence<int, kTileRows>());
}

// Rows [0, rows) x columns [k0, k0 + depth) of x for the micro-kernel: to[k * kTileRows + r]. x may end
// before k0 + depth: the rest is zero. Rows that are missing are left as they are; their sums are never
// stored.
HWY_INLINE void pack_rows(const float* x, int64_t x_step, int rows, int64_t cols, int64_t k0, int64_t depth,
                          float* HWY_RESTRICT to) {
  const int64_t end = HWY_MIN(depth, cols - k0);
  int r = 0;
  for (; r + 4 <= rows && r + 4 <= kTileRows; r += 4) {
    const float* row = x + r * x_step + k0;
    int64_t k = 0;
    for (; k + kLanes <= end; k += kLanes) {
      store_transposed(load(row + k), load(row + x_step + k), load(row + 2 * x_step + k),
                       load(row + 3 * x_step + k), to + k * kTileRows + r, kTileRows);
    }
    for (; k < end; ++k) {
      for (int i = 0; i < 4; ++i) to[k * kTileRows + r + i] = row[i * x_step + k];
    }
  }
  for (; r < rows; ++r) {
    for (int64_t k = 0; k < end; ++k) to[k * kTileRows + r] = x[r * x_step + k0 + k];
  }
  for (int64_t k = end; k < depth; ++k) {
    for (r = 0; r < rows; ++r) to[k * kTileRows + r] = 0.0f;
  }
}

// kTileCols weight rows from `first` on, elements [k0, k0 + depth): to[k * kTileCols + column]. Rows beyond
// `out` repeat the last one. k0 and depth are multiples of kRun.
template <DType kType>
HWY_NOINLINE void pack_weights(const uint8_t* weights, size_t row_bytes, int64_t first, int64_t out,
                               int64_t in, int64_t k0, int64_t depth, const float* halves,
                               float* HWY_RESTRICT to) {
  const uint8_t* rows[kTileCols];
  for (int64_t c = 0; c < kTileCols; ++c)
    rows[c] = weights + static_cast<size_t>(HWY_MIN(first + c, out - 1)) * row_bytes;
  for (int64_t k = 0; k < depth;
       k += kRun) {  // outside, so that the lines written stay in the first-level cache
    const bool whole = is_block_type(kType) || k0 + k + kRun <= in;
    for (int64_t c = 0; c < kTileCols; c += 4) {
      Vec w[4][kRunVectors];
      AURIS_UNROLL
      for (int i = 0; i < 4; ++i) {
        if (HWY_LIKELY(whole)) {
          decode_run<kType>(rows[c + i], (k0 + k) / kRun, halves, w[i]);
        } else if constexpr (!is_block_type(kType)) {
          decode_tail<kType>(rows[c + i], k0 + k, in, halves, w[i]);
        }
      }
      AURIS_UNROLL
      for (int v = 0; v < kRunVectors; ++v) {
        store_transposed(w[0][v], w[1][v], w[2][v], w[3][v], to + (k + v * kLanes) * kTileCols + c,
                         kTileCols);
      }
    }
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
