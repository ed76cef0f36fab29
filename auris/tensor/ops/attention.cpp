#include "auris/tensor/ops/attention.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris::ops {
namespace {

void check_spec(std::string_view op, const AttentionSpec& spec) {
  if (spec.heads > 0 && spec.kv_heads > 0 && spec.head_dim > 0 && spec.heads % spec.kv_heads == 0) return;
  fail_argument(op, "heads, kv_heads and head_dim above 0 and kv_heads a divisor of heads",
                fmt::format("heads {}, kv_heads {}, head_dim {}", spec.heads, spec.kv_heads, spec.head_dim));
}

void check_queries(std::string_view op, const Tensor& q, const AttentionSpec& spec) {
  check_spec(op, spec);
  expect_type(op, "q", q, DType::kF32);
  expect_cols(op, "q", q, int64_t{spec.heads} * spec.head_dim);
}

void check_unmasked(std::string_view op, const AttentionSpec& spec) {
  if (!spec.causal && spec.window == 0) return;
  fail_argument(op, "neither causal nor a window",
                fmt::format("causal {}, window {}", spec.causal, spec.window));
}

void check_rows(std::string_view op, std::string_view name, const Tensor& x, int64_t rows, int64_t cols) {
  expect_type(op, name, x, DType::kF32);
  expect_rows(op, name, x, rows);
  expect_cols(op, name, x, cols);
}

void check_cache(std::string_view op, const KvCache& cache, int layer, int kv_heads, int head_dim) {
  const KvCacheOptions& options = cache.options();
  if (layer >= 0 && layer < options.layers && options.kv_heads == kv_heads && options.head_dim == head_dim)
    return;
  fail_argument(
      op, fmt::format("a cache of {} kv heads of {} with layer {}", kv_heads, head_dim, layer),
      fmt::format("{} kv heads of {} in {} layers", options.kv_heads, options.head_dim, options.layers));
}

// The cache must hold the positions of the rows already.
void check_extended(std::string_view op, const RowLayout& layout, const KvCache& cache) {
  for (const RowSpan& span : layout.spans) {
    if (cache.length(span.sequence) >= span.position_begin + span.row_count) continue;
    fail_argument(
        op, "cache.extend(layout) before the first layer",
        fmt::format("sequence {} of length {}, rows at {} to {}", span.sequence, cache.length(span.sequence),
                    span.position_begin, span.position_begin + span.row_count));
  }
}

}  // namespace

Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                 const AttentionSpec& spec) {
  check_queries("attention", q, spec);
  check_rows("attention", "k", k, q.rows(), int64_t{spec.kv_heads} * spec.head_dim);
  check_rows("attention", "v", v, q.rows(), int64_t{spec.kv_heads} * spec.head_dim);
  expect_layout("attention", layout, q);
  return backend_of(q.device()).attention(q, k, v, layout, spec);
}

Tensor attention_cached(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                        const AttentionSpec& spec, KvCache& cache, int layer) {
  check_queries("attention_cached", q, spec);
  check_rows("attention_cached", "k", k, q.rows(), int64_t{spec.kv_heads} * spec.head_dim);
  check_rows("attention_cached", "v", v, q.rows(), int64_t{spec.kv_heads} * spec.head_dim);
  expect_layout("attention_cached", layout, q);
  check_cache("attention_cached", cache, layer, spec.kv_heads, spec.head_dim);
  check_extended("attention_cached", layout, cache);
  return backend_of(q.device()).attention_cached(q, k, v, layout, spec, cache, layer);
}

void store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache, int layer) {
  int64_t cols = int64_t{cache.options().kv_heads} * cache.options().head_dim;
  check_rows("store_keys_values", "k", k, k.defined() ? k.rows() : 0, cols);
  check_rows("store_keys_values", "v", v, k.rows(), cols);
  expect_layout("store_keys_values", layout, k);
  check_cache("store_keys_values", cache, layer, cache.options().kv_heads, cache.options().head_dim);
  check_extended("store_keys_values", layout, cache);
  backend_of(k.device()).store_keys_values(k, v, layout, cache, layer);
}

Tensor attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                      const KvCache& cache, int layer) {
  check_queries("attention_over", q, spec);
  check_unmasked("attention_over", spec);
  expect_layout("attention_over", layout, q);
  check_cache("attention_over", cache, layer, spec.kv_heads, spec.head_dim);
  for (const RowSpan& span : layout.spans)
    cache.length(span.sequence);  // throws for a sequence that is not there
  return backend_of(q.device()).attention_over(q, layout, spec, cache, layer);
}

Tensor attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                         const KvCache& cache, int layer, const std::vector<int>& heads) {
  check_queries("attention_weights", q, spec);
  check_unmasked("attention_weights", spec);
  check_cache("attention_weights", cache, layer, spec.kv_heads, spec.head_dim);
  cache.length(sequence);
  for (int head : heads) {
    if (head >= 0 && head < spec.heads) continue;
    fail_argument("attention_weights", fmt::format("heads below {}", spec.heads), std::to_string(head));
  }
  return backend_of(q.device()).attention_weights(q, sequence, spec, cache, layer, heads);
}

}  // namespace auris::ops
