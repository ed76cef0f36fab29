// Products of few rows (decoding, beams): each weight row is read from memory once, decoded, and multiplied
// with all rows of x while it is in registers or the first-level cache. Every result is one chain of vector
// multiply-adds over the columns in order, then one horizontal sum, whatever the number of rows: so the bits
// do not depend on it.

#include <algorithm>

#include "auris/base/thread_pool.h"
#include "auris/tensor/backend/cpu/halves.h"
#include "auris/tensor/backend/cpu/product.h"
#include "auris/tensor/backend/cpu/scratch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/few_rows.cpp"
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/decode_k-inl.h"
#include "auris/tensor/backend/cpu/epilogue-inl.h"
#include "auris/tensor/backend/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

constexpr int kWeightRows = 4;  // weight rows at once: independent chains, one read of x

// Rows of x whose sums with four weight rows fit into registers.
constexpr int kFewTile = kTileRows == 12 ? 6 : 2;

// Rows of x for which weights are decoded in registers, all rows at once. With sixteen registers only types
// whose elements come from memory as vectors are worth it.
constexpr int rows_in_registers(DType dtype) {
  if (kTileRows == 12) return 12;
  return dtype == DType::kF16 || dtype == DType::kF32 ? kFewTile : 1;
}

// Weight rows whose sums with kRows rows fit into registers.
template <int kRows>
constexpr int kWeightsBeside = kRows <= kFewTile ? kWeightRows : kWeightRows / 2;

struct FourRows {
  const uint8_t* rows[kWeightRows];
  size_t ahead = 0;  // bytes from a row to the same one of the next four

  // The rows are short streams: the processor's own prefetching would start anew with each.
  template <DType kType>
  HWY_INLINE void prefetch(int n, int64_t run) const {
    constexpr int64_t kRunBytes = bytes_of_run(kType);
    hwy::Prefetch(rows[n] + ahead + run * kRunBytes);
    if constexpr (kRunBytes > 64) hwy::Prefetch(rows[n] + ahead + run * kRunBytes + 64);
  }

  // Opens block `at` of row n of a K type.
  template <DType kType>
  HWY_INLINE const uint8_t* open(int n, int64_t at, const float* halves, BlockScales& scales) const {
    constexpr int64_t kBytes = bytes_of_block(kType);
    const uint8_t* block = rows[n] + at * kBytes;
    for (int64_t i = 0; i < kBytes; i += 64) hwy::Prefetch(block + ahead + i);
    open_block<kType>(block, halves, scales);
    return block;
  }
};

template <int kRows, int kWeights>
using Sums = Vec[kRows][kWeights];

template <int kRows, int kWeights>
HWY_INLINE void clear(Sums<kRows, kWeights>& sums) {
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    AURIS_UNROLL
    for (int n = 0; n < kWeights; ++n) sums[r][n] = hn::Zero(F32());
  }
}

// results[r * step + n] = the sum of sums[r][n]'s lanes, for the first `count` n.
template <int kRows, int kWeights>
HWY_INLINE void add_up(const Sums<kRows, kWeights>& sums, float* HWY_RESTRICT results, int64_t step,
                       int count) {
  constexpr int kRowsAtOnce = 4 / kWeights;
  AURIS_UNROLL
  for (int r = 0; r < kRows; r += kRowsAtOnce) {
    const int other = HWY_MIN(r + kRowsAtOnce, kRows) - 1;  // r itself, or the one after
    float four[4];
    sum4(sums[r][0], sums[r][1], sums[other][kWeights - 2], sums[other][kWeights - 1], four);
    std::copy_n(four, count, results + r * step);
    if (other > r) std::copy_n(four + kWeights, count, results + other * step);
  }
}

// v, which the compiler may not read from memory again where it is used.
HWY_INLINE Vec in_register(Vec v) {
#if HWY_TARGET == HWY_AVX3
  asm("" : "+v"(v.raw));
#endif
  return v;
}

// sums[r][n] += x's rows . w over one vector of columns. x [kRows][kLanes]; `w` gives weight row n's.
template <int kRows, int kWeights, class Weights>
HWY_INLINE void add_products(const float* HWY_RESTRICT x, const Weights& w, Sums<kRows, kWeights>& sums) {
  Vec at[kWeights];
  AURIS_UNROLL
  for (int n = 0; n < kWeights; ++n) at[n] = w(n);
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    const Vec row = in_register(load(x + r * kLanes));
    AURIS_UNROLL
    for (int n = 0; n < kWeights; ++n) sums[r][n] = hn::MulAdd(row, at[n], sums[r][n]);
  }
}

// sums[r][n] += x row r . weight row n, decoded in registers, for K types.
template <DType kType, int kRows, int kWeights>
HWY_INLINE void dot_blocks(const float* HWY_RESTRICT x, int64_t cols, const FourRows& weights, int first,
                           const float* halves, Sums<kRows, kWeights>& sums) {
  constexpr int64_t kPart = part_elements(kType);
  for (int64_t at = 0; at < cols / kBlock; ++at) {
    const uint8_t* blocks[kWeights];
    BlockScales scales[kWeights];
    for (int n = 0; n < kWeights; ++n) blocks[n] = weights.open<kType>(first + n, at, halves, scales[n]);
    for (int part = 0; part < kBlock / kPart; ++part) {
      const float* from = x + (at * kBlock + part * kPart) * kRows;
      if constexpr (kRows == 1) {
        AURIS_UNROLL
        for (int n = 0; n < kWeights; ++n) {
          emit_part<kType>(blocks[n], scales[n], part, [&](int v, Vec w) HWY_ATTR {
            sums[0][n] = hn::MulAdd(load(from + v * kLanes), w, sums[0][n]);
          });
        }
      } else {
        alignas(64) float decoded[kWeights][kPart];
        for (int n = 0; n < kWeights; ++n) {
          emit_part<kType>(blocks[n], scales[n], part,
                           [&](int v, Vec w) HWY_ATTR { store(w, decoded[n] + v * kLanes); });
        }
        for (int64_t k = 0; k < kPart; k += kLanes) {
          add_products<kRows, kWeights>(
              from + k * kRows, [&](int n) HWY_ATTR { return load(decoded[n] + k); }, sums);
        }
      }
    }
  }
}

// The same for the others.
template <DType kType, int kRows, int kWeights>
HWY_INLINE void dot_runs(const float* HWY_RESTRICT x, int64_t cols, const FourRows& weights, int first,
                         const float* halves, Sums<kRows, kWeights>& sums) {
  Vec w[kWeights][kRunVectors];
  const auto add = [&](const float* from) HWY_ATTR {
    AURIS_UNROLL
    for (int v = 0; v < kRunVectors; ++v) {
      add_products<kRows, kWeights>(
          from + v * kLanes * kRows, [&](int n) HWY_ATTR { return w[n][v]; }, sums);
    }
  };
  const int64_t runs = cols / kRun;
  for (int64_t run = 0; run < runs; ++run) {
    AURIS_UNROLL
    for (int n = 0; n < kWeights; ++n) {
      weights.prefetch<kType>(first + n, run);
      decode_run<kType>(weights.rows[first + n], run, halves, w[n]);
    }
    add(x + run * kRun * kRows);
  }
  if constexpr (!is_block_type(kType)) {
    if (runs * kRun < cols) {
      for (int n = 0; n < kWeights; ++n)
        decode_tail<kType>(weights.rows[first + n], runs * kRun, cols, halves, w[n]);
      add(x + runs * kRun * kRows);
    }
  }
}

// results[r * step + n] = x row r . weight row n for kRows rows and four weight rows, decoded in registers.
template <DType kType, int kRows>
HWY_INLINE void dot_decoding(const float* HWY_RESTRICT x, int64_t cols, const FourRows& weights,
                             const float* halves, float* HWY_RESTRICT results, int64_t step, int count) {
  constexpr int kWeights = kWeightsBeside<kRows>;
  for (int first = 0; first < count; first += kWeights) {
    Sums<kRows, kWeights> sums;
    clear<kRows, kWeights>(sums);
    if constexpr (is_k_type(kType)) {
      dot_blocks<kType, kRows, kWeights>(x, cols, weights, first, halves, sums);
    } else {
      dot_runs<kType, kRows, kWeights>(x, cols, weights, first, halves, sums);
    }
    add_up<kRows, kWeights>(sums, results + first, step, HWY_MIN(count - first, kWeights));
  }
}

template <DType kType, int kRows = rows_in_registers(kType)>
HWY_INLINE void dot_decoding_of(int rows, const float* x, int64_t cols, const FourRows& weights,
                                const float* halves, float* results, int64_t step, int count) {
  if constexpr (kRows > 0) {
    if (rows == kRows) {
      dot_decoding<kType, kRows>(x, cols, weights, halves, results, step, count);
    } else {
      dot_decoding_of<kType, kRows - 1>(rows, x, cols, weights, halves, results, step, count);
    }
  }
}

// The four weight rows as f32, `step` floats apart.
template <DType kType>
HWY_INLINE void decode_rows(const FourRows& weights, int64_t cols, const float* halves,
                            float* HWY_RESTRICT to, int64_t step) {
  if constexpr (is_k_type(kType)) {
    constexpr int64_t kPart = part_elements(kType);
    for (int n = 0; n < kWeightRows; ++n) {
      for (int64_t at = 0; at < cols / kBlock; ++at) {
        BlockScales scales;
        const uint8_t* block = weights.open<kType>(n, at, halves, scales);
        for (int part = 0; part < kBlock / kPart; ++part) {
          float* part_to = to + n * step + at * kBlock + part * kPart;
          emit_part<kType>(block, scales, part,
                           [&](int v, Vec w) HWY_ATTR { store(w, part_to + v * kLanes); });
        }
      }
    }
    return;
  }
  for (int n = 0; n < kWeightRows; ++n) {
    Vec w[kRunVectors];
    int64_t run = 0;
    for (; (run + 1) * kRun <= cols; ++run) {
      weights.prefetch<kType>(n, run);
      decode_run<kType>(weights.rows[n], run, halves, w);
      for (int v = 0; v < kRunVectors; ++v) store(w[v], to + n * step + run * kRun + v * kLanes);
    }
    if constexpr (!is_block_type(kType)) {
      if (run * kRun < cols) {
        decode_tail<kType>(weights.rows[n], run * kRun, cols, halves, w);
        for (int v = 0; v < kRunVectors; ++v) store(w[v], to + n * step + run * kRun + v * kLanes);
      }
    }
  }
}

// results[r * step + n] = x row r . weight row n for kRows of `rows` rows and four weight rows of `padded`
// columns.
template <int kRows>
HWY_INLINE void dot_rows(const float* HWY_RESTRICT x, int64_t rows, int64_t padded,
                         const float* HWY_RESTRICT weights, float* HWY_RESTRICT results, int64_t step,
                         int count) {
  Sums<kRows, kWeightRows> sums;
  clear<kRows, kWeightRows>(sums);
  for (int64_t k = 0; k < padded; k += kLanes) {
    add_products<kRows, kWeightRows>(
        x + k * rows, [&](int n) HWY_ATTR { return load(weights + n * padded + k); }, sums);
  }
  add_up<kRows, kWeightRows>(sums, results, step, count);
}

template <int kRows = kFewTile>
HWY_INLINE void dot_rows_of(int tile, const float* x, int64_t rows, int64_t padded, const float* weights,
                            float* results, int64_t step, int count) {
  if constexpr (kRows > 0) {
    if (tile == kRows) {
      dot_rows<kRows>(x, rows, padded, weights, results, step, count);
    } else {
      dot_rows_of<kRows - 1>(tile, x, rows, padded, weights, results, step, count);
    }
  }
}

// sums[r * sums_step + n - begin] for weight rows [begin, end). x [columns / kLanes][rows][kLanes].
template <DType kType>
HWY_NOINLINE void dot_chunk(const float* x, int64_t rows, int64_t cols, const WeightRows& weights,
                            int64_t begin, int64_t end, const float* halves, float* sums, int64_t sums_step) {
  const int64_t padded = (cols + kRun - 1) / kRun * kRun;
  float* decoded =
      rows > rows_in_registers(kType) ? scratch(Purpose::kPackedWeights, kWeightRows * padded) : nullptr;
  for (int64_t n = begin; n < end; n += kWeightRows) {
    FourRows four;
    four.ahead = kWeightRows * weights.row_bytes;
    for (int i = 0; i < kWeightRows; ++i) {
      four.rows[i] = weights.data + static_cast<size_t>(HWY_MIN(n + i, end - 1)) * weights.row_bytes;
    }
    const int count = static_cast<int>(HWY_MIN(end - n, int64_t{kWeightRows}));
    float* to = sums + n - begin;
    if (rows <= rows_in_registers(kType)) {
      dot_decoding_of<kType>(static_cast<int>(rows), x, cols, four, halves, to, sums_step, count);
      continue;
    }
    decode_rows<kType>(four, cols, halves, decoded, padded);
    for (int64_t r = 0; r < rows; r += kFewTile) {
      dot_rows_of(static_cast<int>(HWY_MIN(rows - r, int64_t{kFewTile})), x + r * kLanes, rows, padded,
                  decoded, to + r * sums_step, sums_step, count);
    }
  }
}

// to [columns / kLanes][rows][kLanes] = x [rows, cols], whose columns are rounded up to kRun with zeros: what
// is multiplied with the same weights lies side by side.
void interleave_rows(const float* HWY_RESTRICT x, int64_t rows, int64_t cols, float* HWY_RESTRICT to) {
  const int64_t padded = (cols + kRun - 1) / kRun * kRun;
  const int64_t whole = cols / kLanes * kLanes;
  for (int64_t r = 0; r < rows; ++r) {
    float* at = to + r * kLanes;
    for (int64_t k = 0; k < whole; k += kLanes, at += rows * kLanes) store(load(x + r * cols + k), at);
    for (int64_t k = whole; k < padded; k += kLanes, at += rows * kLanes)
      std::fill(std::copy_n(x + r * cols + k, HWY_MAX(cols - k, int64_t{0}), at), at + kLanes, 0.0f);
  }
}

// Columns [begin, end) of the result of one product. x as interleave_rows left it.
void multiply_few_chunk(const float* x, int64_t rows, int64_t cols, const Product& product, int64_t begin,
                        int64_t end, const float* halves) {
  const auto dot = [&](const WeightRows& weights, float* sums, int64_t step) HWY_ATTR {
    with_type(weights.dtype, [&]<DType kType>() HWY_ATTR {
      dot_chunk<kType>(x, rows, cols, weights, begin, end, halves, sums, step);
    });
  };
  dot(product.weights, product.y + begin, product.out);
  float* up = nullptr;
  if (product.up.data) {
    up = scratch(Purpose::kSecondResult, rows * (end - begin));
    dot(product.up, up, end - begin);
  }
  if (!has_epilogue(product)) return;
  for (int64_t r = 0; r < rows; ++r) {
    finish_row(product, r, begin, end - begin, product.y + r * product.out + begin,
               moved(up, r * (end - begin)));
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::cpu {

HWY_EXPORT(interleave_rows);
HWY_EXPORT(multiply_few_chunk);

namespace {

// Weight rows that are handed out together: some microseconds of reading.
constexpr size_t kChunkBytes = 48 << 10;

int64_t chunk_rows_of(const Product& product) {
  auto rows = static_cast<int64_t>(kChunkBytes / std::max<size_t>(1, product.weights.row_bytes));
  int64_t share = product.out / (4 * compute_threads());
  return std::max<int64_t>(4, std::min(rows, share) / 4 * 4);
}

}  // namespace

void multiply_few(const InputRows& input, std::span<const Product> products) {
  const float* halves = half_values();
  const float* x = input.x;
  const int64_t padded = (input.cols + 31) / 32 * 32;
  if (input.rows > 1 || padded != input.cols) {
    float* copy = scratch(Purpose::kPackedInput, input.rows * padded);
    HWY_DYNAMIC_DISPATCH(interleave_rows)(x, input.rows, input.cols, copy);
    x = copy;
  }
  std::array<int64_t, kMaxProducts> counts{}, sizes{};
  int64_t total = 0;
  for (size_t i = 0; i < products.size(); ++i) {
    sizes[i] = chunk_rows_of(products[i]);
    total += counts[i] = (products[i].out + sizes[i] - 1) / sizes[i];
  }
  auto kernel = HWY_DYNAMIC_DISPATCH(multiply_few_chunk);
  parallel_for(total, [&](int64_t i) {
    Part part = part_of(counts, i);
    const Product& product = products[part.product];
    int64_t begin = part.index * sizes[part.product];
    kernel(x, input.rows, input.cols, product, begin, std::min(product.out, begin + sizes[part.product]),
           halves);
  });
}

}  // namespace auris::cpu
#endif
