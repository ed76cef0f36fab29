#pragma once
// Scaled dot-product attention over ragged rows: softmax(scale * q k^T) v per head, heads grouped onto fewer
// kv heads.

#include <vector>

#include "auris/tensor/kv_cache.h"
#include "auris/tensor/row_layout.h"
#include "auris/tensor/tensor.h"

namespace auris {

struct AttentionSpec {
  int heads = 0;
  int kv_heads = 0;  // divides heads; query head h uses kv head h / (heads / kv_heads)
  int head_dim = 0;
  float scale = 1.0f;    // usually 1 / sqrt(head_dim)
  bool causal = true;    // a row at position p sees positions <= p
  int64_t window = 0;    // > 0: a row at position p sees positions > p - window only (sliding window)
  float softcap = 0.0f;  // > 0: scores become softcap * tanh(score / softcap) (Gemma 2)
};

namespace ops {

// On the cpu backend the bits of a row's result depend on its own numbers, its position and what it attends
// to, never on the other rows, on how many rows a call has, or on the number of threads; attention and
// attention_cached with an f32 cache give the same bits.

// Self-attention without a cache: each span attends within itself. q [rows, heads * head_dim],
// k, v [rows, kv_heads * head_dim] -> [rows, heads * head_dim].
Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                 const AttentionSpec& spec);

// Self-attention with a cache: stores k and v at the rows' positions (cache.extend(layout) was called
// before), then each row attends over its sequence in the cache.
Tensor attention_cached(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                        const AttentionSpec& spec, KvCache& cache, int layer);

// Writes k and v of the rows into the cache without attending: the encoder side of cross-attention.
void store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache, int layer);

// Cross-attention: each row attends over all of its span's sequence in the cache, which is only read. Several
// spans may name one sequence. spec.causal must be false.
Tensor attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                      const KvCache& cache, int layer);

// The softmax weights of chosen heads of attention_over, for alignment: q [rows, heads * head_dim] of ONE
// sequence -> [chosen heads, rows, length of the sequence] f32. spec.causal must be false.
Tensor attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                         const KvCache& cache, int layer, const std::vector<int>& heads);

}  // namespace ops
}  // namespace auris
