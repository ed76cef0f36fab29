#include "auris/tensor/ops/attention.h"

#include <algorithm>
#include <tuple>

#include "auris/base/thread_pool.h"
#include "auris/tensor/backend/cpu/attention_kernels.h"
#include "auris/tensor/backend/cpu/cpu_backend.h"
#include "auris/tensor/backend/cpu/scratch.h"

namespace auris {
namespace {

using cpu::KvPages;
using cpu::Purpose;
using cpu::QueryBlock;
using cpu::StoreTask;

constexpr int64_t kParallelTokens = 16;  // fewer tokens are stored faster than threads wake

// The blocks of a call. Kept between calls, so that no call allocates once it has seen its largest layout.
std::vector<QueryBlock>& empty_block_list() {
  thread_local std::vector<QueryBlock> blocks;
  blocks.clear();
  return blocks;
}

std::vector<StoreTask>& empty_store_list() {
  thread_local std::vector<StoreTask> tasks;
  tasks.clear();
  return tasks;
}

// Blocks of all kv heads of `rows` rows. kv_of(kv_head) gives their pages.
template <typename KvOf>
void add_blocks(std::vector<QueryBlock>& blocks, const Tensor& q, const Tensor& y, const RowSpan& span,
                int64_t position, const AttentionSpec& spec, KvOf kv_of) {
  int group = spec.heads / spec.kv_heads;
  int most = cpu::attention_block_items();
  int64_t items = span.row_count * group;
  for (int head = 0; head < spec.kv_heads; ++head) {
    QueryBlock block;
    block.kv = kv_of(head);
    block.q = q.data<float>() + span.row_begin * q.cols();
    block.y = y.data<float>() + span.row_begin * q.cols();
    block.row_step = q.cols();
    block.position = position;
    block.group = group;
    for (block.item = 0; block.item < items; block.item += most) {
      block.items = static_cast<int>(std::min<int64_t>(most, items - block.item));
      blocks.push_back(block);
    }
  }
}

struct Chunks {
  int64_t first, last;
};
Chunks chunks_of(const QueryBlock& block, const AttentionSpec& spec) {
  cpu::Visible seen = cpu::visible_to(block, spec);
  return {seen.begin / cpu::kChunkTokens, (seen.end + cpu::kChunkTokens - 1) / cpu::kChunkTokens};
}

// A task per block.
void attend_by_block(const std::vector<QueryBlock>& blocks, const AttentionSpec& spec) {
  parallel_for(static_cast<int64_t>(blocks.size()), [&](int64_t i) {
    const QueryBlock& block = blocks[static_cast<size_t>(i)];
    Chunks chunks = chunks_of(block, spec);
    float* partial = cpu::scratch(Purpose::kPartials, cpu::partial_floats(spec.head_dim));
    cpu::attend_chunks(block, spec, chunks.first, chunks.last, partial);
    cpu::finish_block(block, spec.head_dim, partial, 1);
  });
}

// A task per block and chunk, for few blocks over long contexts.
void attend_by_chunk(const std::vector<QueryBlock>& blocks, const AttentionSpec& spec, int64_t most_chunks) {
  auto count = static_cast<int64_t>(blocks.size());
  int64_t floats = cpu::partial_floats(spec.head_dim);
  float* partials = cpu::scratch(Purpose::kKeysValues, count * most_chunks * floats);
  parallel_for(count * most_chunks, [&](int64_t i) {
    const QueryBlock& block = blocks[static_cast<size_t>(i / most_chunks)];
    Chunks chunks = chunks_of(block, spec);
    int64_t chunk = chunks.first + i % most_chunks;
    bool first = chunk == chunks.first;  // is written even if the context is empty
    if (chunk < chunks.last || first) {
      cpu::attend_chunks(block, spec, chunk, std::min(chunk + 1, chunks.last), partials + i * floats);
    }
  });
  for (int64_t i = 0; i < count; ++i) {
    const QueryBlock& block = blocks[static_cast<size_t>(i)];
    Chunks chunks = chunks_of(block, spec);
    cpu::finish_block(block, spec.head_dim, partials + i * most_chunks * floats, chunks.last - chunks.first);
  }
}

void attend_all(const std::vector<QueryBlock>& blocks, const AttentionSpec& spec, bool may_split) {
  int64_t most_chunks = 1;
  for (const QueryBlock& block : blocks) {
    Chunks chunks = chunks_of(block, spec);
    most_chunks = std::max(most_chunks, chunks.last - chunks.first);
  }
  bool few = static_cast<int64_t>(blocks.size()) < 4 * compute_threads() && compute_threads() > 1;
  if (may_split && few && most_chunks > 1) {
    attend_by_chunk(blocks, spec, most_chunks);
  } else {
    attend_by_block(blocks, spec);
  }
}

KvPages pages_of(const KvCache& cache, SequenceId sequence, int layer, int kv_head) {
  KvPages kv;
  kv.dtype = cache.options().dtype;
  kv.length = cache.length(sequence);
  kv.cache = &cache;
  kv.pages = cache.pages(sequence).data();
  kv.layer = layer;
  kv.kv_head = kv_head;
  return kv;
}

void run_stores(const std::vector<StoreTask>& tasks, int64_t rows) {
  auto count = static_cast<int64_t>(tasks.size());
  if (rows < kParallelTokens) {
    for (const StoreTask& task : tasks) cpu::store_tokens(task);
  } else {
    parallel_for(count, [&](int64_t i) { cpu::store_tokens(tasks[static_cast<size_t>(i)]); });
  }
}

// Cuts rows [0, span.row_count) at page borders and adds a task for each piece; panels_of(page) gives keys
// and values.
template <typename PanelsOf>
void add_stores(std::vector<StoreTask>& tasks, const Tensor& k, const Tensor& v, const RowSpan& span,
                int64_t position, int kv_head, int head_dim, DType dtype, PanelsOf panels_of) {
  for (int64_t row = 0; row < span.row_count;) {
    StoreTask task;
    int64_t at = (span.row_begin + row) * k.cols() + int64_t{kv_head} * head_dim;
    task.k = k.data<float>() + at;
    task.v = v.data<float>() + at;
    task.row_step = k.cols();
    task.dtype = dtype;
    task.head_dim = head_dim;
    task.slot = (position + row) % kPageTokens;
    task.count = std::min(kPageTokens - task.slot, span.row_count - row);
    std::tie(task.keys, task.values) = panels_of((position + row) / kPageTokens);
    tasks.push_back(task);
    row += task.count;
  }
}

}  // namespace

// Keys and values go into pages in scratch first, so that one kernel serves all.
Tensor CpuBackend::attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                             const AttentionSpec& spec) {
  Tensor y = Tensor::empty(q.shape(), DType::kF32, q.device());
  int64_t panel = int64_t{spec.head_dim} * kPageTokens;
  int64_t pages = 0;
  for (const RowSpan& span : layout.spans) pages += (span.row_count + kPageTokens - 1) / kPageTokens;
  float* panels = cpu::scratch(Purpose::kKeysValues, pages * spec.kv_heads * 2 * panel);
  float* biases = layout.key_bias.empty() ? nullptr : cpu::scratch(Purpose::kKeyBias, pages * kPageTokens);
  std::vector<StoreTask>& stores = empty_store_list();
  std::vector<QueryBlock>& blocks = empty_block_list();
  for (const RowSpan& span : layout.spans) {
    int64_t count = (span.row_count + kPageTokens - 1) / kPageTokens;
    float* first = panels;
    panels += count * spec.kv_heads * 2 * panel;
    auto page_at = [=](int head, int64_t page) { return first + (head * count + page) * 2 * panel; };
    const float* span_biases = biases;
    if (biases) {
      float* end = std::copy_n(layout.key_bias.data() + span.row_begin, span.row_count, biases);
      biases += count * kPageTokens;
      std::fill(end, biases, 0.0f);
    }
    for (int head = 0; head < spec.kv_heads; ++head) {
      if (span.row_count % kPageTokens != 0) std::fill_n(page_at(head, count - 1), 2 * panel, 0.0f);
      add_stores(stores, k, v, span, 0, head, spec.head_dim, DType::kF32, [&](int64_t page) {
        float* at = page_at(head, page);
        return std::pair(reinterpret_cast<std::byte*>(at), reinterpret_cast<std::byte*>(at + panel));
      });
    }
    add_blocks(blocks, q, y, span, 0, spec, [&](int head) {
      KvPages kv;
      kv.length = span.row_count;
      kv.kv_head = head;
      kv.panels = reinterpret_cast<const std::byte*>(page_at(head, 0));
      kv.panel_bytes = static_cast<size_t>(panel) * sizeof(float);
      kv.biases = span_biases;
      return kv;
    });
  }
  run_stores(stores, q.rows());
  attend_all(blocks, spec, false);
  return y;
}

Tensor CpuBackend::attention_cached(const Tensor& q, const Tensor& k, const Tensor& v,
                                    const RowLayout& layout, const AttentionSpec& spec, KvCache& cache,
                                    int layer) {
  store_keys_values(k, v, layout, cache, layer);
  Tensor y = Tensor::empty(q.shape(), DType::kF32, q.device());
  std::vector<QueryBlock>& blocks = empty_block_list();
  for (const RowSpan& span : layout.spans) {
    add_blocks(blocks, q, y, span, span.position_begin, spec,
               [&](int head) { return pages_of(cache, span.sequence, layer, head); });
  }
  attend_all(blocks, spec, true);
  return y;
}

void CpuBackend::store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache,
                                   int layer) {
  const KvCacheOptions& options = cache.options();
  std::vector<StoreTask>& stores = empty_store_list();
  for (const RowSpan& span : layout.spans) {
    const std::vector<int32_t>& pages = cache.pages(span.sequence);
    for (int head = 0; head < options.kv_heads; ++head) {
      add_stores(stores, k, v, span, span.position_begin, head, options.head_dim, options.dtype,
                 [&](int64_t page) {
                   int32_t id = pages[static_cast<size_t>(page)];
                   return std::pair(cache.keys(layer, id, head), cache.values(layer, id, head));
                 });
    }
  }
  run_stores(stores, k.rows());
}

Tensor CpuBackend::attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                                  const KvCache& cache, int layer) {
  Tensor y = Tensor::empty(q.shape(), DType::kF32, q.device());
  std::vector<QueryBlock>& blocks = empty_block_list();
  for (size_t i = 0; i < layout.spans.size();) {
    // Spans side by side that name one sequence are one span, as each of their rows sees the same: beams
    // share the reading.
    RowSpan span = layout.spans[i++];
    while (i < layout.spans.size() && layout.spans[i].sequence == span.sequence) {
      span.row_count += layout.spans[i++].row_count;
    }
    add_blocks(blocks, q, y, span, 0, spec,
               [&](int head) { return pages_of(cache, span.sequence, layer, head); });
  }
  attend_all(blocks, spec, true);
  return y;
}

Tensor CpuBackend::attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                                     const KvCache& cache, int layer, const std::vector<int>& heads) {
  int64_t rows = q.rows(), length = cache.length(sequence);
  auto chosen = static_cast<int64_t>(heads.size());
  Tensor y = Tensor::empty({chosen, rows, length}, DType::kF32, q.device());
  if (length == 0) return y;
  int group = spec.heads / spec.kv_heads;
  int64_t most = cpu::attention_block_items();
  int64_t parts = (rows + most - 1) / most;
  parallel_for(chosen * parts, [&](int64_t i) {
    int head = heads[static_cast<size_t>(i / parts)];
    // A block of one head: its group is one, so q is moved to where that head stands.
    QueryBlock block;
    block.kv = pages_of(cache, sequence, layer, head / group);
    block.q = q.data<float>() + int64_t{head - head / group} * spec.head_dim;
    block.row_step = q.cols();
    block.item = i % parts * most;
    block.items = static_cast<int>(std::min(most, rows - block.item));
    cpu::weigh_block(block, spec, y.data<float>() + (i / parts * rows + block.item) * length);
  });
  return y;
}

}  // namespace auris
