#pragma once
// Keys and values of past positions, in pages of kPageTokens tokens. A sequence is a list of pages; forking a
// sequence (beams, a shared prompt prefix) shares its pages, and a shared page is copied only when somebody
// writes into it.
//
// Memory layout of a page, for one layer and one kv head, made for the attention kernel: with 32 tokens a
// page is exactly a packed matrix panel, so that scores and sums need no packing.
//   keys    [head_dim][kPageTokens]     transposed: one token is a column
//   values  [kPageTokens][head_dim]
// In q8_0 every 32 elements along head_dim of a token share an f32 scale, kept behind the page's bytes:
//   keys    int8 [head_dim][kPageTokens], then f32 scales [head_dim / 32][kPageTokens]
//   values  int8 [kPageTokens][head_dim], then f32 scales [kPageTokens][head_dim / 32]
//
// Not thread-safe: the owner (a session, the scheduler) serialises calls. Throws kUsage when the page budget
// is spent.

#include <cstdint>
#include <memory>
#include <vector>

#include "auris/tensor/dtype.h"
#include "auris/tensor/row_layout.h"
#include "auris/tensor/tensor.h"

namespace auris {

constexpr int64_t kPageTokens = 32;

struct KvCacheOptions {
  int layers = 0;
  int kv_heads = 0;
  int head_dim = 0;
  DType dtype = DType::kF32;  // kF32, kF16 or kQ8_0
  int64_t max_pages = 0;      // 0 = as many as memory holds
};

class KvCache {
 public:
  explicit KvCache(const KvCacheOptions& options);

  const KvCacheOptions& options() const { return options_; }

  SequenceId create();
  SequenceId fork(SequenceId parent);  // shares all pages
  void release(SequenceId sequence);
  void truncate(SequenceId sequence, int64_t length);  // forgets positions >= length
  int64_t length(SequenceId sequence) const;

  // Makes room for the rows of every span (position_begin must equal the sequence's length) and advances the
  // lengths. Call once per forward, before the first layer. The layout's key biases are kept with the tokens.
  void extend(const RowLayout& layout);

  // The pages of a sequence, in order. Valid until the next call that is not const.
  const std::vector<int32_t>& pages(SequenceId sequence) const;
  std::byte* keys(int layer, int32_t page, int kv_head) const;
  std::byte* values(int layer, int32_t page, int kv_head) const;
  // The key biases of a page's tokens, [kPageTokens], or nullptr if the page has none: that is, zeros.
  const float* key_bias(int32_t page) const;
  size_t panel_bytes() const {
    return panel_bytes_;
  }  // bytes of keys (or values) of one page, layer and kv head

  int64_t pages_in_use() const;
  size_t bytes_in_use() const;

 private:
  struct Sequence {
    std::vector<int32_t> pages;
    int64_t length = 0;
    bool live = false;
  };

  size_t page_bytes() const;
  int32_t take_page();
  void drop_page(int32_t page);
  void store_key_bias(const Sequence& sequence, const RowSpan& span, const std::vector<float>& key_bias);
  Sequence& at(SequenceId sequence);
  const Sequence& at(SequenceId sequence) const;

  KvCacheOptions options_;
  size_t panel_bytes_ = 0;
  std::vector<Sequence> sequences_;
  std::vector<SequenceId> free_sequences_;
  std::vector<std::shared_ptr<Storage>> page_storage_;  // one block per page: [layer][keys, values][kv_head]
  std::vector<int32_t> page_references_;
  std::vector<std::vector<float>> page_key_bias_;  // [kPageTokens] or empty
  std::vector<int32_t> free_pages_;
};

}  // namespace auris
