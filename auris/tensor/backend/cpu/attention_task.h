#pragma once
// How attention is cut into pieces, and what a kernel needs to know about one.
//
// The queries of one kv head, `group` heads times the rows of a span, go in blocks of up to 12 (6 with fewer
// registers); the context goes in chunks of 8 pages. For one block and one chunk the scores, their softmax
// and the weighted sum of values are computed and merged with those of the chunks before (Dao et al.,
// FlashAttention, 2022). A chunk is always the same 256 positions and merging is always in order: so the bits
// of a row's result depend neither on the other rows, nor on how blocks and chunks are spread over threads,
// nor on whether keys lie in a cache (of f32) or come along.

#include "auris/tensor/kv_cache.h"
#include "auris/tensor/ops/attention.h"

namespace auris::cpu {

constexpr int64_t kChunkPages = 8;
constexpr int64_t kChunkTokens = kChunkPages * kPageTokens;

// The pages of one sequence, layer and kv head.
struct KvPages {
  DType dtype = DType::kF32;
  int64_t length = 0;  // tokens
  const KvCache* cache = nullptr;
  const int32_t* pages = nullptr;
  int layer = 0, kv_head = 0;
  const std::byte* panels = nullptr;  // without a cache: keys and values of page after page
  size_t panel_bytes = 0;
  const float* biases = nullptr;  // without a cache: key biases of page after page, or null

  const std::byte* keys(int64_t page) const {
    return cache ? cache->keys(layer, pages[page], kv_head)
                 : panels + 2 * static_cast<size_t>(page) * panel_bytes;
  }
  const std::byte* values(int64_t page) const {
    return cache ? cache->values(layer, pages[page], kv_head) : keys(page) + panel_bytes;
  }
  // [kPageTokens] or null
  const float* key_bias(int64_t page) const {
    if (cache) return cache->key_bias(pages[page]);
    return biases ? biases + page * kPageTokens : nullptr;
  }
};

// A block of queries: items [item, item + items) of kv head `kv_pages.kv_head`, where item i is query head
// kv_head * group + i % group of row i / group of the span.
struct QueryBlock {
  KvPages kv;
  const float* q = nullptr;  // first row of the span
  float* y = nullptr;
  int64_t row_step = 0;
  int64_t position = 0;  // of the span's first row
  int64_t item = 0;
  int items = 0;
  int group = 1;

  int64_t row_of(int i) const { return (item + i) / group; }
  int64_t offset_of(int i, int head_dim) const {
    return row_of(i) * row_step + (int64_t{kv.kv_head} * group + (item + i) % group) * head_dim;
  }
};

// Positions [begin, end) that some query sees.
struct Visible {
  int64_t begin, end;
};
inline Visible visible_to(const QueryBlock& block, int i, const AttentionSpec& spec) {
  int64_t position = block.position + block.row_of(i);
  int64_t begin = spec.window > 0 ? position - spec.window + 1 : 0;
  int64_t end = spec.causal ? position + 1 : block.kv.length;
  return {begin > 0 ? begin : 0, end < block.kv.length ? end : block.kv.length};
}
// The union over the block: the first query sees furthest back, the last one furthest ahead.
inline Visible visible_to(const QueryBlock& block, const AttentionSpec& spec) {
  return {visible_to(block, 0, spec).begin, visible_to(block, block.items - 1, spec).end};
}

// Floats of a block's result over some chunks: for each item the largest score, the sum of weights, the sums
// of values.
inline int64_t partial_floats(int head_dim) { return 12 * (int64_t{head_dim} + 2 + 32); }

// Writes keys and values of rows [row, row + count) of k and v, which start at slot `slot` of a page.
struct StoreTask {
  const float* k = nullptr;  // first row, first number of the kv head
  const float* v = nullptr;
  int64_t row_step = 0;
  std::byte* keys = nullptr;
  std::byte* values = nullptr;
  DType dtype = DType::kF32;
  int head_dim = 0;
  int64_t slot = 0, count = 0;
};

}  // namespace auris::cpu
