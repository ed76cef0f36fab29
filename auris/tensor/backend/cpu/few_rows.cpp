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

constexpr int kWeightRows = 4;                     // weight rows at once: independent chains, one read of x
constexpr int kFewTile = kTileRows == 12 ? 6 : 2;  // rows of x whose sums fit into registers besides

// Types whose elements come from memory as vectors: beams of Whisper, whose weights are of them, are worth
// code of their own.
constexpr bool decodes_fast(DType dtype) { return dtype == DType::kF16 || dtype == DType::kF32; }

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

// sums[4] = x . the four weight rows, decoded in registers, for K types.
template <DType kType>
HWY_INLINE void dot_one_row_k(const float* HWY_RESTRICT x, int64_t cols, const FourRows& weights,
                              const float* halves, float* HWY_RESTRICT sums) {
  constexpr int64_t kPart = part_elements(kType);
  Vec total[kWeightRows];
  AURIS_UNROLL
  for (int n = 0; n < kWeightRows; ++n) total[n] = hn::Zero(F32());
  for (int64_t at = 0; at < cols / kBlock; ++at) {
    const uint8_t* blocks[kWeightRows];
    BlockScales scales[kWeightRows];
    for (int n = 0; n < kWeightRows; ++n) blocks[n] = weights.open<kType>(n, at, halves, scales[n]);
    for (int part = 0; part < kBlock / kPart; ++part) {
      const float* from = x + at * kBlock + part * kPart;
      AURIS_UNROLL
      for (int n = 0; n < kWeightRows; ++n) {
        emit_part<kType>(blocks[n], scales[n], part, [&](int v, Vec w) HWY_ATTR {
          total[n] = hn::MulAdd(load(from + v * kLanes), w, total[n]);
        });
      }
    }
  }
  sum4(total[0], total[1], total[2], total[3], sums);
}

// sums[4] = x . the four weight rows, decoded in registers.
template <DType kType>
HWY_INLINE void dot_one_row(const float* HWY_RESTRICT x, int64_t cols, const FourRows& weights,
                            const float* halves, float* HWY_RESTRICT sums) {
  Vec total[kWeightRows];
  AURIS_UNROLL
  for (int n = 0; n < kWeightRows; ++n) total[n] = hn::Zero(F32());
  const int64_t runs = cols / kRun;
  for (int64_t run = 0; run < runs; ++run) {
    AURIS_UNROLL
    for (int n = 0; n < kWeightRows; ++n) {
      Vec w[kRunVectors];
      weights.prefetch<kType>(n, run);
      decode_run<kType>(weights.rows[n], run, halves, w);
      AURIS_UNROLL
      for (int v = 0; v < kRunVectors; ++v)
        total[n] = hn::MulAdd(load(x + run * kRun + v * kLanes), w[v], total[n]);
    }
  }
  if constexpr (!is_block_type(kType)) {
    if (runs * kRun < cols) {
      for (int n = 0; n < kWeightRows; ++n) {
        Vec w[kRunVectors];
        decode_tail<kType>(weights.rows[n], runs * kRun, cols, halves, w);
        for (int v = 0; v < kRunVectors; ++v)
          total[n] = hn::MulAdd(load(x + runs * kRun + v * kLanes), w[v], total[n]);
      }
    }
  }
  sum4(total[0], total[1], total[2], total[3], sums);
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

// sums[r * sums_step + n] = x row r . weight row n, for kRows rows of `padded` columns.
template <int kRows>
HWY_INLINE void dot_rows(const float* HWY_RESTRICT x, int64_t padded, const float* HWY_RESTRICT weights,
                         float* HWY_RESTRICT sums, int64_t sums_step, int count) {
  Vec total[kRows][kWeightRows];
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    AURIS_UNROLL
    for (int n = 0; n < kWeightRows; ++n) total[r][n] = hn::Zero(F32());
  }
  for (int64_t i = 0; i < padded; i += kLanes) {
    Vec w[kWeightRows];
    AURIS_UNROLL
    for (int n = 0; n < kWeightRows; ++n) w[n] = load(weights + n * padded + i);
    AURIS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vec at = load(x + r * padded + i);
      AURIS_UNROLL
      for (int n = 0; n < kWeightRows; ++n) total[r][n] = hn::MulAdd(at, w[n], total[r][n]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    float four[4];
    sum4(total[r][0], total[r][1], total[r][2], total[r][3], four);
    std::copy_n(four, count, sums + r * sums_step);
  }
}

// The same straight from weights that decode fast, for rows whose sums all fit into registers: nothing goes
// through memory. Same order, same bits.
template <DType kType, int kRows>
HWY_INLINE void dot_rows_decoding(const float* HWY_RESTRICT x, int64_t padded, int64_t cols,
                                  const FourRows& weights, const float* halves, float* HWY_RESTRICT sums,
                                  int64_t sums_step, int count) {
  Vec total[kRows][kWeightRows];
  AURIS_UNROLL
  for (int r = 0; r < kRows; ++r) {
    AURIS_UNROLL
    for (int n = 0; n < kWeightRows; ++n) total[r][n] = hn::Zero(F32());
  }
  const auto add = [&](int64_t at, const Vec(&w)[kWeightRows][kRunVectors], int v) HWY_ATTR {
    AURIS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      const Vec row = load(x + r * padded + at);
      AURIS_UNROLL
      for (int n = 0; n < kWeightRows; ++n) total[r][n] = hn::MulAdd(row, w[n][v], total[r][n]);
    }
  };
  const int64_t runs = cols / kRun;
  Vec w[kWeightRows][kRunVectors];
  for (int64_t run = 0; run < runs; ++run) {
    AURIS_UNROLL
    for (int n = 0; n < kWeightRows; ++n) {
      weights.prefetch<kType>(n, run);
      decode_run<kType>(weights.rows[n], run, halves, w[n]);
    }
    AURIS_UNROLL
    for (int v = 0; v < kRunVectors; ++v) add(run * kRun + v * kLanes, w, v);
  }
  if (runs * kRun < cols) {
    for (int n = 0; n < kWeightRows; ++n)
      decode_tail<kType>(weights.rows[n], runs * kRun, cols, halves, w[n]);
    for (int v = 0; v < kRunVectors; ++v) add(runs * kRun + v * kLanes, w, v);
  }
  for (int r = 0; r < kRows; ++r) {
    float four[4];
    sum4(total[r][0], total[r][1], total[r][2], total[r][3], four);
    std::copy_n(four, count, sums + r * sums_step);
  }
}

template <DType kType, int kRows = kFewTile>
HWY_INLINE void dot_rows_decoding_of(int rows, const float* x, int64_t padded, int64_t cols,
                                     const FourRows& weights, const float* halves, float* sums,
                                     int64_t sums_step, int count) {
  if constexpr (kRows > 1) {
    if (rows == kRows) {
      dot_rows_decoding<kType, kRows>(x, padded, cols, weights, halves, sums, sums_step, count);
    } else {
      dot_rows_decoding_of<kType, kRows - 1>(rows, x, padded, cols, weights, halves, sums, sums_step, count);
    }
  }
}

template <int kRows = kFewTile>
HWY_INLINE void dot_rows_of(int rows, const float* x, int64_t padded, const float* weights, float* sums,
                            int64_t sums_step, int count) {
  if constexpr (kRows > 0) {
    if (rows == kRows) {
      dot_rows<kRows>(x, padded, weights, sums, sums_step, count);
    } else {
      dot_rows_of<kRows - 1>(rows, x, padded, weights, sums, sums_step, count);
    }
  }
}

// sums[r * sums_step + n - begin] for weight rows [begin, end).
template <DType kType>
HWY_NOINLINE void dot_chunk(const float* x, int64_t rows, int64_t cols, const WeightRows& weights,
                            int64_t begin, int64_t end, const float* halves, float* sums, int64_t sums_step) {
  const int64_t padded = (cols + kRun - 1) / kRun * kRun;
  float* decoded = rows > 1 ? scratch(Purpose::kPackedWeights, kWeightRows * padded) : nullptr;
  for (int64_t n = begin; n < end; n += kWeightRows) {
    FourRows four;
    four.ahead = kWeightRows * weights.row_bytes;
    for (int i = 0; i < kWeightRows; ++i) {
      four.rows[i] = weights.data + static_cast<size_t>(HWY_MIN(n + i, end - 1)) * weights.row_bytes;
    }
    const int count = static_cast<int>(HWY_MIN(end - n, int64_t{kWeightRows}));
    float* to = sums + n - begin;
    if (rows == 1) {
      float results[kWeightRows];
      if constexpr (is_k_type(kType)) {
        dot_one_row_k<kType>(x, cols, four, halves, results);
      } else {
        dot_one_row<kType>(x, cols, four, halves, results);
      }
      std::copy_n(results, count, to);
      continue;
    }
    if constexpr (decodes_fast(kType)) {
      if (rows <= kFewTile) {
        dot_rows_decoding_of<kType>(static_cast<int>(rows), x, padded, cols, four, halves, to, sums_step,
                                    count);
        continue;
      }
    }
    decode_rows<kType>(four, cols, halves, decoded, padded);
    for (int64_t r = 0; r < rows; r += kFewTile) {
      dot_rows_of(static_cast<int>(HWY_MIN(rows - r, int64_t{kFewTile})), x + r * padded, padded, decoded,
                  to + r * sums_step, sums_step, count);
    }
  }
}

// Columns [begin, end) of the result of one product. x has cols rounded up to kRun floats a row, zeros behind
// cols.
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

HWY_EXPORT(multiply_few_chunk);

namespace {

// Weight rows that are handed out together: some microseconds of reading.
constexpr size_t kChunkBytes = 48 << 10;

int64_t chunk_rows_of(const Product& product) {
  auto rows = static_cast<int64_t>(kChunkBytes / std::max<size_t>(1, product.weights.row_bytes));
  int64_t share = product.out / (2 * compute_threads());
  return std::max<int64_t>(4, std::min(rows, share) / 4 * 4);
}

}  // namespace

void multiply_few(const InputRows& input, std::span<const Product> products) {
  const float* halves = half_values();
  const float* x = input.x;
  int64_t padded = (input.cols + 31) / 32 * 32;
  if (padded != input.cols) {
    float* copy = scratch(Purpose::kPackedInput, input.rows * padded);
    for (int64_t r = 0; r < input.rows; ++r) {
      float* end = std::copy_n(x + r * input.cols, input.cols, copy + r * padded);
      std::fill(end, copy + (r + 1) * padded, 0.0f);
    }
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
