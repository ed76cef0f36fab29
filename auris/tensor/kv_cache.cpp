#include "auris/tensor/kv_cache.h"

#include <cstring>

#include "auris/tensor/host_pool.h"

namespace auris {
namespace {

size_t bytes_of_panel(const KvCacheOptions& options) {
  auto elements = static_cast<size_t>(options.head_dim) * kPageTokens;
  switch (options.dtype) {
    case DType::kF32: return elements * 4;
    case DType::kF16: return elements * 2;
    case DType::kQ8_0: return elements + elements / 32 * sizeof(float);
    default:
      throw Error(ErrorCode::kUsage, {.where = "kv_cache",
                                      .expected = "type f32, f16 or q8_0",
                                      .got = std::string(name_of(options.dtype)),
                                      .hint = ""});
  }
}

}  // namespace

KvCache::KvCache(const KvCacheOptions& options) : options_(options) {
  AURIS_CHECK(options.layers > 0 && options.kv_heads > 0 && options.head_dim > 0);
  AURIS_CHECK(options.dtype != DType::kQ8_0 || options.head_dim % 32 == 0);
  panel_bytes_ = bytes_of_panel(options);
}

SequenceId KvCache::create() {
  if (free_sequences_.empty()) {
    sequences_.emplace_back();
    free_sequences_.push_back(static_cast<SequenceId>(sequences_.size()) - 1);
  }
  SequenceId id = free_sequences_.back();
  free_sequences_.pop_back();
  sequences_[id].live = true;
  sequences_[id].length = 0;
  return id;
}

SequenceId KvCache::fork(SequenceId parent) {
  SequenceId child = create();
  Sequence& from = at(parent);
  Sequence& to = at(child);
  to.pages = from.pages;
  to.length = from.length;
  for (int32_t page : to.pages) ++page_references_[page];
  return child;
}

void KvCache::release(SequenceId sequence) {
  truncate(sequence, 0);
  at(sequence).live = false;
  free_sequences_.push_back(sequence);
}

void KvCache::truncate(SequenceId sequence, int64_t length) {
  Sequence& target = at(sequence);
  AURIS_CHECK(length >= 0 && length <= target.length);
  auto keep = static_cast<size_t>((length + kPageTokens - 1) / kPageTokens);
  while (target.pages.size() > keep) {
    drop_page(target.pages.back());
    target.pages.pop_back();
  }
  target.length = length;
}

int64_t KvCache::length(SequenceId sequence) const { return at(sequence).length; }

void KvCache::extend(const RowLayout& layout) {
  AURIS_CHECK(layout.key_bias.empty() || static_cast<int64_t>(layout.key_bias.size()) == layout.rows());
  for (const RowSpan& span : layout.spans) {
    Sequence& target = at(span.sequence);
    AURIS_CHECK(span.position_begin == target.length);
    if (target.length % kPageTokens != 0 && span.row_count > 0) {  // the last page is going to be written
      int32_t& last = target.pages.back();
      if (page_references_[last] > 1) {
        int32_t copy = take_page();
        std::memcpy(page_storage_[copy]->data(), page_storage_[last]->data(), page_bytes());
        page_key_bias_[copy] = page_key_bias_[last];
        drop_page(last);
        last = copy;
      }
    }
    int64_t length = target.length + span.row_count;
    while (static_cast<int64_t>(target.pages.size()) * kPageTokens < length)
      target.pages.push_back(take_page());
    target.length = length;
    store_key_bias(target, span, layout.key_bias);
  }
}

void KvCache::store_key_bias(const Sequence& sequence, const RowSpan& span,
                             const std::vector<float>& key_bias) {
  for (int64_t i = 0; i < span.row_count; ++i) {
    const int64_t position = span.position_begin + i;
    std::vector<float>& page = page_key_bias_[sequence.pages[position / kPageTokens]];
    const float bias = key_bias.empty() ? 0.0f : key_bias[span.row_begin + i];
    if (bias != 0.0f) page.resize(kPageTokens);
    if (!page.empty()) page[position % kPageTokens] = bias;
  }
}

const std::vector<int32_t>& KvCache::pages(SequenceId sequence) const { return at(sequence).pages; }

std::byte* KvCache::keys(int layer, int32_t page, int kv_head) const {
  auto heads = static_cast<size_t>(options_.kv_heads);
  return page_storage_[page]->data() +
         (static_cast<size_t>(layer) * 2 * heads + static_cast<size_t>(kv_head)) * panel_bytes_;
}

std::byte* KvCache::values(int layer, int32_t page, int kv_head) const {
  return keys(layer, page, kv_head) + static_cast<size_t>(options_.kv_heads) * panel_bytes_;
}

const float* KvCache::key_bias(int32_t page) const {
  return page_key_bias_[page].empty() ? nullptr : page_key_bias_[page].data();
}

int64_t KvCache::pages_in_use() const {
  return static_cast<int64_t>(page_storage_.size() - free_pages_.size());
}

size_t KvCache::bytes_in_use() const { return static_cast<size_t>(pages_in_use()) * page_bytes(); }

size_t KvCache::page_bytes() const {
  return panel_bytes_ * 2 * static_cast<size_t>(options_.layers) * static_cast<size_t>(options_.kv_heads);
}

int32_t KvCache::take_page() {
  if (free_pages_.empty()) {
    if (options_.max_pages > 0 && static_cast<int64_t>(page_storage_.size()) >= options_.max_pages) {
      throw Error(ErrorCode::kUsage,
                  {.where = "kv_cache",
                   .expected = "at most " + std::to_string(options_.max_pages * kPageTokens) + " tokens",
                   .got = "a longer context",
                   .hint = "shorten the conversation or raise the context limit"});
    }
    page_storage_.push_back(allocate_host(page_bytes()));
    page_references_.push_back(0);
    page_key_bias_.emplace_back();
    free_pages_.push_back(static_cast<int32_t>(page_storage_.size()) - 1);
  }
  int32_t page = free_pages_.back();
  free_pages_.pop_back();
  page_references_[page] = 1;
  page_key_bias_[page].clear();
  // Kernels compute whole panels and mask what lies beyond the length: it must be numbers, not leftovers.
  std::memset(page_storage_[page]->data(), 0, page_bytes());
  return page;
}

void KvCache::drop_page(int32_t page) {
  if (--page_references_[page] == 0) free_pages_.push_back(page);
}

KvCache::Sequence& KvCache::at(SequenceId sequence) {
  return const_cast<Sequence&>(static_cast<const KvCache*>(this)->at(sequence));
}

const KvCache::Sequence& KvCache::at(SequenceId sequence) const {
  AURIS_CHECK(sequence >= 0 && sequence < static_cast<SequenceId>(sequences_.size()) &&
              sequences_[sequence].live);
  return sequences_[sequence];
}

}  // namespace auris
