#include "auris/tensor/backend/cpu/attention_kernels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "auris/tensor/backend/cpu/scratch.h"
#include "auris/tensor/float16.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/attention_kernels.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

// A page as the columns of a product, for each cache type. Keys: k counts head_dim, columns are tokens from
// `first` on.
template <DType kType>
struct KeyColumns {
  const std::byte* page;
  int64_t head_dim;
  int64_t first;

  HWY_INLINE Vec operator()(int64_t k, int v) const {
    const int64_t at = k * kPageTokens + first + v * kLanes;
    if constexpr (kType == DType::kF32) return load(reinterpret_cast<const float*>(page) + at);
    if constexpr (kType == DType::kF16) return load_f16(reinterpret_cast<const uint16_t*>(page) + at);
    if constexpr (kType == DType::kQ8_0) {
      const auto* scales = reinterpret_cast<const float*>(page + head_dim * kPageTokens);
      const Vec scale = load(scales + k / 32 * kPageTokens + first + v * kLanes);
      return hn::Mul(load_i8(reinterpret_cast<const int8_t*>(page) + at), scale);
    }
  }
};

// Values: k counts tokens, columns are numbers of the head from `first` on.
template <DType kType>
struct ValueColumns {
  const std::byte* page;
  int64_t head_dim;
  int64_t first;

  HWY_INLINE Vec operator()(int64_t k, int v) const {
    const int64_t column = first + v * kLanes;
    const int64_t at = k * head_dim + column;
    if constexpr (kType == DType::kF32) return load(reinterpret_cast<const float*>(page) + at);
    if constexpr (kType == DType::kF16) return load_f16(reinterpret_cast<const uint16_t*>(page) + at);
    if constexpr (kType == DType::kQ8_0) {
      const auto* scales = reinterpret_cast<const float*>(page + head_dim * kPageTokens);
      const Vec scale = broadcast(scales[k * (head_dim / 32) + column / 32]);
      return hn::Mul(load_i8(reinterpret_cast<const int8_t*>(page) + at), scale);
    }
  }
};

// Largest score and sum of weights of each item, then the sums of values [items, value_step].
struct Partial {
  float* largest;
  float* total;
  float* values;
  int64_t value_step;
};
HWY_INLINE Partial partial_at(float* floats, int head_dim) {
  return {floats, floats + 12, floats + 24, (head_dim + kTileCols - 1) / kTileCols * kTileCols};
}

// Queries times `scale`, packed for the micro-kernel: to[d * kTileRows + i], zero beyond the block's items.
HWY_INLINE void pack_queries(const QueryBlock& block, const AttentionSpec& spec, float* HWY_RESTRICT to) {
  for (int i = 0; i < kTileRows; ++i) {
    const float* q = block.q + (i < block.items ? block.offset_of(i, spec.head_dim) : 0);
    const float factor = i < block.items ? spec.scale : 0.0f;
    for (int d = 0; d < spec.head_dim; ++d) to[d * kTileRows + i] = i < block.items ? q[d] * factor : 0.0f;
  }
}

// scores[i * kChunkTokens + token] for the pages [begin, end) of a chunk.
template <DType kType, int kRows>
HWY_INLINE void score_pages(const KvPages& kv, int64_t chunk, int64_t begin, int64_t end,
                            const float* queries, int head_dim, float* HWY_RESTRICT scores) {
  for (int64_t page = begin; page < end; ++page) {
    const std::byte* keys = kv.keys(chunk * kChunkPages + page);
    for (int64_t first = 0; first < kPageTokens; first += kTileCols) {
      Vec sums[kRows][2];
      AURIS_UNROLL
      for (int r = 0; r < kRows; ++r) sums[r][0] = sums[r][1] = hn::Zero(F32());
      accumulate<kRows, 1, kTileRows>(queries, head_dim, KeyColumns<kType>{keys, head_dim, first}, sums);
      AURIS_UNROLL
      for (int r = 0; r < kRows; ++r) {
        store(sums[r][0], scores + r * kChunkTokens + page * kPageTokens + first);
        store(sums[r][1], scores + r * kChunkTokens + page * kPageTokens + first + kLanes);
      }
    }
  }
}

// values[i * step + d] = sum over the tokens of pages [begin, end) of weight * value.
template <DType kType, int kRows>
HWY_INLINE void sum_values(const KvPages& kv, int64_t chunk, int64_t begin, int64_t end, const float* weights,
                           int head_dim, float* HWY_RESTRICT values, int64_t step) {
  for (int64_t first = 0; first < head_dim; first += kTileCols) {
    Vec sums[kRows][2];
    AURIS_UNROLL
    for (int r = 0; r < kRows; ++r) sums[r][0] = sums[r][1] = hn::Zero(F32());
    for (int64_t page = begin; page < end; ++page) {
      const std::byte* panel = kv.values(chunk * kChunkPages + page);
      const float* a = weights + page * kPageTokens;
      if (HWY_LIKELY(first + kTileCols <= head_dim)) {
        accumulate<kRows, kChunkTokens, 1>(a, kPageTokens, ValueColumns<kType>{panel, head_dim, first}, sums);
      } else if constexpr (kType != DType::kQ8_0) {  // whose head_dim is a multiple of 32
        constexpr size_t kBytes = kType == DType::kF32 ? 4 : 2;
        alignas(64) std::byte padded[kPageTokens * kTileCols * 4] = {};
        for (int64_t token = 0; token < kPageTokens; ++token) {
          std::memcpy(padded + static_cast<size_t>(token * kTileCols) * kBytes,
                      panel + static_cast<size_t>(token * head_dim + first) * kBytes,
                      static_cast<size_t>(head_dim - first) * kBytes);
        }
        accumulate<kRows, kChunkTokens, 1>(a, kPageTokens, ValueColumns<kType>{padded, kTileCols, 0}, sums);
      }
    }
    AURIS_UNROLL
    for (int r = 0; r < kRows; ++r) {
      store(sums[r][0], values + r * step + first);
      store(sums[r][1], values + r * step + first + kLanes);
    }
  }
}

// Turns scores [begin, end) into weights e^(score - largest), 0 outside of [from, to). Bounds are within the
// chunk, begin and end are multiples of kPageTokens. `bias` [end] is added to the scores unless it is null.
HWY_INLINE void weigh_scores(float* HWY_RESTRICT scores, const float* bias, int64_t begin, int64_t end,
                             int64_t from, int64_t to, float softcap, float* largest_score, float* total) {
  const Vec hidden = broadcast(-std::numeric_limits<float>::max());
  const Vec lanes = hn::Iota(F32(), 0.0f);
  Vec top = hidden;
  for (int64_t i = begin; i < end; i += kLanes) {
    Vec s = load(scores + i);
    if (softcap > 0.0f) s = hn::Mul(broadcast(softcap), tanh(hn::Div(s, broadcast(softcap))));
    if (bias) s = hn::Add(s, load(bias + i));
    if (i < from || i + kLanes > to) {
      const Vec at = hn::Add(lanes, broadcast(static_cast<float>(i)));
      const auto seen = hn::And(hn::Ge(at, broadcast(static_cast<float>(from))),
                                hn::Lt(at, broadcast(static_cast<float>(to))));
      s = hn::IfThenElse(seen, s, hidden);
    }
    store(s, scores + i);
    top = hn::Max(top, s);
  }
  *largest_score = largest(top);
  const Vec shift = broadcast(*largest_score);
  Vec sums = hn::Zero(F32());
  for (int64_t i = begin; i < end; i += kLanes) {
    const Vec weight = exp(hn::Sub(load(scores + i), shift));
    sums = hn::Add(sums, weight);
    store(weight, scores + i);
  }
  *total = sum(sums);
}

// The key biases of pages [begin, end) of a chunk side by side in `biases`; null if they are all zero.
HWY_INLINE const float* chunk_bias(const KvPages& kv, int64_t chunk, int64_t begin, int64_t end,
                                   float* HWY_RESTRICT biases) {
  bool any = false;
  for (int64_t page = begin; page < end; ++page) any |= kv.key_bias(chunk * kChunkPages + page) != nullptr;
  if (!any) return nullptr;
  for (int64_t page = begin; page < end; ++page) {
    const float* bias = kv.key_bias(chunk * kChunkPages + page);
    float* to = biases + page * kPageTokens;
    if (bias) {
      std::copy_n(bias, kPageTokens, to);
    } else {
      std::fill_n(to, kPageTokens, 0.0f);
    }
  }
  return biases;
}

// One block against one chunk.
template <DType kType, int kRows>
HWY_NOINLINE void attend_chunk(const QueryBlock& block, const AttentionSpec& spec, int64_t chunk,
                               const float* queries, float* scores, const Partial& out) {
  const int64_t origin = chunk * kChunkTokens;
  const Visible all = visible_to(block, spec);
  const int64_t begin = HWY_MAX(all.begin - origin, int64_t{0}) / kPageTokens;
  const int64_t end = (HWY_MIN(all.end - origin, kChunkTokens) + kPageTokens - 1) / kPageTokens;
  score_pages<kType, kRows>(block.kv, chunk, begin, end, queries, spec.head_dim, scores);
  alignas(64) float biases[kChunkTokens];
  const float* bias = chunk_bias(block.kv, chunk, begin, end, biases);
  for (int i = 0; i < block.items; ++i) {
    const Visible seen = visible_to(block, i, spec);
    const int64_t from = HWY_MAX(seen.begin - origin, int64_t{0});
    const int64_t to = HWY_MIN(seen.end - origin, kChunkTokens);
    float* row = scores + i * kChunkTokens;
    if (from < to) {
      weigh_scores(row, bias, begin * kPageTokens, end * kPageTokens, from, to, spec.softcap, &out.largest[i],
                   &out.total[i]);
    } else {
      std::fill(row + begin * kPageTokens, row + end * kPageTokens, 0.0f);
      out.total[i] = 0.0f;
    }
  }
  sum_values<kType, kRows>(block.kv, chunk, begin, end, scores, spec.head_dim, out.values, out.value_step);
}

using AttendChunk = void (*)(const QueryBlock&, const AttentionSpec&, int64_t, const float*, float*,
                             const Partial&);

template <DType kType>
HWY_INLINE AttendChunk attend_chunk_of_rows(int rows) {
  if (rows <= 1) return attend_chunk<kType, 1>;
  if (rows <= 2) return attend_chunk<kType, 2>;
  if (rows <= 4) return attend_chunk<kType, 4>;
  if (rows <= 6) return attend_chunk<kType, 6>;
  return attend_chunk<kType, kTileRows>;
}

HWY_INLINE AttendChunk attend_chunk_of(DType dtype, int rows) {
  if (dtype == DType::kF16) return attend_chunk_of_rows<DType::kF16>(rows);
  if (dtype == DType::kQ8_0) return attend_chunk_of_rows<DType::kQ8_0>(rows);
  return attend_chunk_of_rows<DType::kF32>(rows);
}

HWY_INLINE float exp_of(float x) { return hn::GetLane(exp(broadcast(x))); }

// into += from
HWY_INLINE void merge(const Partial& into, const Partial& from, int items, int head_dim) {
  for (int i = 0; i < items; ++i) {
    if (from.total[i] == 0.0f) continue;
    float* to = into.values + i * into.value_step;
    const float* add = from.values + i * from.value_step;
    const bool first = into.total[i] == 0.0f;
    const float top = first ? from.largest[i] : HWY_MAX(into.largest[i], from.largest[i]);
    const float keep = first ? 0.0f : exp_of(into.largest[i] - top);
    const float share = exp_of(from.largest[i] - top);
    for (int64_t d = 0; d < head_dim; d += kLanes) {
      const Vec added = hn::Mul(load(add + d), broadcast(share));
      store(first ? added : hn::MulAdd(load(to + d), broadcast(keep), added), to + d);
    }
    into.total[i] = (first ? 0.0f : into.total[i] * keep) + from.total[i] * share;
    into.largest[i] = top;
  }
}

int block_items() { return kTileRows; }

void attend(const QueryBlock& block, const AttentionSpec& spec, int64_t first, int64_t last, float* partial) {
  const Partial into = partial_at(partial, spec.head_dim);
  std::fill_n(into.total, 12, 0.0f);
  float* queries =
      scratch(Purpose::kQueries, int64_t{kTileRows} * spec.head_dim + partial_floats(spec.head_dim));
  const Partial one = partial_at(queries + int64_t{kTileRows} * spec.head_dim, spec.head_dim);
  float* scores = scratch(Purpose::kScores, kTileRows * kChunkTokens);
  pack_queries(block, spec, queries);
  const AttendChunk kernel = attend_chunk_of(block.kv.dtype, block.items);
  for (int64_t chunk = first; chunk < last; ++chunk) {
    kernel(block, spec, chunk, queries, scores, one);
    merge(into, one, block.items, spec.head_dim);
  }
}

void finish(const QueryBlock& block, int head_dim, float* partials, int64_t count) {
  const Partial into = partial_at(partials, head_dim);
  for (int64_t i = 1; i < count; ++i) {
    merge(into, partial_at(partials + i * partial_floats(head_dim), head_dim), block.items, head_dim);
  }
  for (int i = 0; i < block.items; ++i) {
    float* y = block.y + block.offset_of(i, head_dim);
    const float* values = into.values + i * into.value_step;
    const float factor = into.total[i] > 0.0f ? 1.0f / into.total[i] : 0.0f;
    for (int d = 0; d < head_dim; ++d) y[d] = factor > 0.0f ? values[d] * factor : 0.0f;
  }
}

void weigh(const QueryBlock& block, const AttentionSpec& spec, float* y) {
  float* queries = scratch(Purpose::kQueries, int64_t{kTileRows} * spec.head_dim);
  const int64_t length = block.kv.length;
  const int64_t padded = (length + kChunkTokens - 1) / kChunkTokens * kChunkTokens;
  float* scores = scratch(Purpose::kScores, kTileRows * kChunkTokens + 2 * padded);
  pack_queries(block, spec, queries);
  const int64_t end = (length + kPageTokens - 1) / kPageTokens * kPageTokens;
  const float* bias =
      chunk_bias(block.kv, 0, 0, end / kPageTokens, scores + kTileRows * kChunkTokens + padded);
  for (int i = 0; i < block.items; ++i) {
    float* row = scores + kTileRows * kChunkTokens;
    for (int64_t chunk = 0; chunk * kChunkTokens < length; ++chunk) {
      const int64_t tokens = HWY_MIN(kChunkTokens, length - chunk * kChunkTokens);
      const int64_t pages = (tokens + kPageTokens - 1) / kPageTokens;
      const float* query = queries + i;
      if (block.kv.dtype == DType::kF32) {
        score_pages<DType::kF32, 1>(block.kv, chunk, 0, pages, query, spec.head_dim, scores);
      } else if (block.kv.dtype == DType::kF16) {
        score_pages<DType::kF16, 1>(block.kv, chunk, 0, pages, query, spec.head_dim, scores);
      } else {
        score_pages<DType::kQ8_0, 1>(block.kv, chunk, 0, pages, query, spec.head_dim, scores);
      }
      std::copy_n(scores, pages * kPageTokens, row + chunk * kChunkTokens);
    }
    const Visible seen = visible_to(block, i, spec);
    float top, total;
    weigh_scores(row, bias, 0, end, seen.begin, seen.end, spec.softcap, &top, &total);
    for (int64_t t = 0; t < length; ++t) y[i * length + t] = row[t] / total;
  }
}

HWY_INLINE void to_f16(const float* from, int64_t count, uint16_t* HWY_RESTRICT to) {
  int64_t i = 0;
#if HWY_TARGET != HWY_SSE4 && \
    HWY_TARGET != HWY_EMU128  // without an instruction for it, Highway does not round to nearest
  const hn::Rebind<hwy::float16_t, F32> f16;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(hn::DemoteTo(f16, load(from + i)), f16, reinterpret_cast<hwy::float16_t*>(to + i));
  }
#endif
  for (; i < count; ++i) to[i] = f32_to_f16(from[i]);
}

HWY_INLINE void store_f32(const StoreTask& task) {
  auto* keys = reinterpret_cast<float*>(task.keys) + task.slot;
  auto* values = reinterpret_cast<float*>(task.values) + task.slot * task.head_dim;
  int64_t i = 0;
  for (; i + 4 <= task.count; i += 4) {
    const float* k = task.k + i * task.row_step;
    int64_t d = 0;
    for (; d + kLanes <= task.head_dim; d += kLanes) {
      store_transposed(load(k + d), load(k + task.row_step + d), load(k + 2 * task.row_step + d),
                       load(k + 3 * task.row_step + d), keys + d * kPageTokens + i, kPageTokens);
    }
    for (; d < task.head_dim; ++d) {
      for (int64_t r = 0; r < 4; ++r) keys[d * kPageTokens + i + r] = k[r * task.row_step + d];
    }
  }
  for (; i < task.count; ++i) {
    const float* k = task.k + i * task.row_step;
    for (int64_t d = 0; d < task.head_dim; ++d) keys[d * kPageTokens + i] = k[d];
  }
  for (i = 0; i < task.count; ++i)
    std::copy_n(task.v + i * task.row_step, task.head_dim, values + i * task.head_dim);
}

HWY_INLINE void store_f16(const StoreTask& task) {
  auto* keys = reinterpret_cast<uint16_t*>(task.keys) + task.slot;
  auto* values = reinterpret_cast<uint16_t*>(task.values) + task.slot * task.head_dim;
  auto* halves = reinterpret_cast<uint16_t*>(scratch(Purpose::kScores, task.head_dim));
  for (int64_t i = 0; i < task.count; ++i) {
    to_f16(task.k + i * task.row_step, task.head_dim, halves);
    for (int64_t d = 0; d < task.head_dim; ++d) keys[d * kPageTokens + i] = halves[d];
    to_f16(task.v + i * task.row_step, task.head_dim, values + i * task.head_dim);
  }
}

// 32 numbers as i8 times the returned scale.
HWY_INLINE float quantize32(const float* HWY_RESTRICT from, int8_t* HWY_RESTRICT to, int64_t step) {
  Vec top = hn::Zero(F32());
  for (int64_t i = 0; i < 32; i += kLanes) top = hn::Max(top, hn::Abs(load(from + i)));
  const float scale = largest(top) / 127.0f;
  const float inverse = scale > 0.0f ? 1.0f / scale : 0.0f;
  alignas(64) int32_t rounded[32];
  for (int64_t i = 0; i < 32; i += kLanes) {
    hn::Store(hn::NearestInt(hn::Mul(load(from + i), broadcast(inverse))), I32(), rounded + i);
  }
  for (int64_t i = 0; i < 32; ++i) to[i * step] = static_cast<int8_t>(rounded[i]);
  return scale;
}

HWY_INLINE void store_q8_0(const StoreTask& task) {
  const int64_t groups = task.head_dim / 32;
  auto* keys = reinterpret_cast<int8_t*>(task.keys);
  auto* values = reinterpret_cast<int8_t*>(task.values);
  auto* key_scales = reinterpret_cast<float*>(task.keys + task.head_dim * kPageTokens);
  auto* value_scales = reinterpret_cast<float*>(task.values + task.head_dim * kPageTokens);
  for (int64_t i = 0; i < task.count; ++i) {
    const int64_t slot = task.slot + i;
    for (int64_t g = 0; g < groups; ++g) {
      key_scales[g * kPageTokens + slot] =
          quantize32(task.k + i * task.row_step + g * 32, keys + g * 32 * kPageTokens + slot, kPageTokens);
      value_scales[slot * groups + g] =
          quantize32(task.v + i * task.row_step + g * 32, values + slot * task.head_dim + g * 32, 1);
    }
  }
}

void store_rows(const StoreTask& task) {
  if (task.dtype == DType::kF32) return store_f32(task);
  if (task.dtype == DType::kF16) return store_f16(task);
  store_q8_0(task);
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::cpu {

HWY_EXPORT(block_items);
HWY_EXPORT(attend);
HWY_EXPORT(finish);
HWY_EXPORT(weigh);
HWY_EXPORT(store_rows);

int attention_block_items() { return HWY_DYNAMIC_DISPATCH(block_items)(); }

void attend_chunks(const QueryBlock& block, const AttentionSpec& spec, int64_t first, int64_t last,
                   float* partial) {
  HWY_DYNAMIC_DISPATCH(attend)(block, spec, first, last, partial);
}

void finish_block(const QueryBlock& block, int head_dim, float* partials, int64_t count) {
  HWY_DYNAMIC_DISPATCH(finish)(block, head_dim, partials, count);
}

void weigh_block(const QueryBlock& block, const AttentionSpec& spec, float* y) {
  HWY_DYNAMIC_DISPATCH(weigh)(block, spec, y);
}

void store_tokens(const StoreTask& task) { HWY_DYNAMIC_DISPATCH(store_rows)(task); }

}  // namespace auris::cpu
#endif
