#include <algorithm>
#include <cmath>
#include <limits>

#include "auris/tensor/backend/plain/kv_access.h"
#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {
namespace {

// Keys and values of one kv head as dense rows [length, head_dim].
struct Memory {
  int64_t length = 0;
  std::vector<float> keys, values;
  std::vector<float> biases;  // [length]
};

Memory memory_of_cache(const KvCache& cache, SequenceId sequence, int layer, int kv_head) {
  auto dim = static_cast<int64_t>(cache.options().head_dim);
  Memory memory;
  memory.length = cache.length(sequence);
  memory.keys.resize(static_cast<size_t>(memory.length * dim));
  memory.values.resize(memory.keys.size());
  for (int64_t i = 0; i < memory.length; ++i) {
    load_key(cache, sequence, layer, kv_head, i, memory.keys.data() + i * dim);
    load_value(cache, sequence, layer, kv_head, i, memory.values.data() + i * dim);
    const float* bias = cache.key_bias(cache.pages(sequence)[static_cast<size_t>(i / kPageTokens)]);
    memory.biases.push_back(bias ? bias[i % kPageTokens] : 0.0f);
  }
  return memory;
}

Memory memory_of_rows(const Tensor& k, const Tensor& v, const RowLayout& layout, const RowSpan& span,
                      int kv_head, int64_t dim) {
  Memory memory;
  memory.length = span.row_count;
  for (int64_t row = span.row_begin; row < span.row_begin + span.row_count; ++row) {
    const float* key = k.data<float>() + row * k.cols() + kv_head * dim;
    const float* value = v.data<float>() + row * v.cols() + kv_head * dim;
    memory.keys.insert(memory.keys.end(), key, key + dim);
    memory.values.insert(memory.values.end(), value, value + dim);
    memory.biases.push_back(layout.key_bias.empty() ? 0.0f : layout.key_bias[static_cast<size_t>(row)]);
  }
  return memory;
}

// Softmax weights of the query at `position` over the memory; what it must not see gets 0.
std::vector<double> weights_of(const float* query, int64_t position, const Memory& memory,
                               const AttentionSpec& spec) {
  int64_t dim = spec.head_dim;
  int64_t begin = spec.window > 0 ? std::max<int64_t>(0, position - spec.window + 1) : 0;
  int64_t end = spec.causal ? std::min(memory.length, position + 1) : memory.length;
  std::vector<double> weights(static_cast<size_t>(memory.length), 0.0);
  double largest = -std::numeric_limits<double>::infinity();
  for (int64_t i = begin; i < end; ++i) {
    double sum = 0.0;
    for (int64_t d = 0; d < dim; ++d) {
      sum += static_cast<double>(query[d]) * static_cast<double>(memory.keys[i * dim + d]);
    }
    sum *= spec.scale;
    if (spec.softcap > 0.0f) sum = spec.softcap * std::tanh(sum / spec.softcap);
    sum += static_cast<double>(memory.biases[static_cast<size_t>(i)]);
    weights[i] = sum;
    largest = std::max(largest, sum);
  }
  double total = 0.0;
  for (int64_t i = begin; i < end; ++i) total += weights[i] = std::exp(weights[i] - largest);
  for (int64_t i = begin; i < end; ++i) weights[i] /= total;
  return weights;
}

void attend(const float* query, int64_t position, const Memory& memory, const AttentionSpec& spec,
            float* out) {
  std::vector<double> weights = weights_of(query, position, memory, spec);
  for (int64_t d = 0; d < spec.head_dim; ++d) {
    double sum = 0.0;
    for (int64_t i = 0; i < memory.length; ++i)
      sum += weights[i] * static_cast<double>(memory.values[i * spec.head_dim + d]);
    out[d] = static_cast<float>(sum);
  }
}

// memory_of(span, kv_head) gives what a span attends to.
template <typename MemoryOf>
Tensor attend_all(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec, bool own_positions,
                  MemoryOf memory_of) {
  Tensor y = Tensor::empty(q.shape(), DType::kF32, q.device());
  int group = spec.heads / spec.kv_heads;
  for (const RowSpan& span : layout.spans) {
    for (int head = 0; head < spec.heads; ++head) {
      Memory memory = memory_of(span, head / group);
      for (int64_t i = 0; i < span.row_count; ++i) {
        int64_t at = (span.row_begin + i) * q.cols() + int64_t{head} * spec.head_dim;
        attend(q.data<float>() + at, own_positions ? i : span.position_begin + i, memory, spec,
               y.data<float>() + at);
      }
    }
  }
  return y;
}

}  // namespace

Tensor PlainBackend::attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                               const AttentionSpec& spec) {
  return attend_all(q, layout, spec, true, [&](const RowSpan& span, int kv_head) {
    return memory_of_rows(k, v, layout, span, kv_head, spec.head_dim);
  });
}

Tensor PlainBackend::attention_cached(const Tensor& q, const Tensor& k, const Tensor& v,
                                      const RowLayout& layout, const AttentionSpec& spec, KvCache& cache,
                                      int layer) {
  store_keys_values(k, v, layout, cache, layer);
  return attend_all(q, layout, spec, false, [&](const RowSpan& span, int kv_head) {
    return memory_of_cache(cache, span.sequence, layer, kv_head);
  });
}

void PlainBackend::store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout,
                                     KvCache& cache, int layer) {
  int64_t dim = cache.options().head_dim;
  for (const RowSpan& span : layout.spans) {
    for (int64_t i = 0; i < span.row_count; ++i) {
      for (int head = 0; head < cache.options().kv_heads; ++head) {
        int64_t at = (span.row_begin + i) * k.cols() + head * dim;
        store_key(cache, span.sequence, layer, head, span.position_begin + i, k.data<float>() + at);
        store_value(cache, span.sequence, layer, head, span.position_begin + i, v.data<float>() + at);
      }
    }
  }
}

Tensor PlainBackend::attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                                    const KvCache& cache, int layer) {
  return attend_all(q, layout, spec, false, [&](const RowSpan& span, int kv_head) {
    return memory_of_cache(cache, span.sequence, layer, kv_head);
  });
}

Tensor PlainBackend::attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                                       const KvCache& cache, int layer, const std::vector<int>& heads) {
  int64_t length = cache.length(sequence);
  Tensor y = Tensor::empty({static_cast<int64_t>(heads.size()), q.rows(), length}, DType::kF32, q.device());
  float* out = y.data<float>();
  for (int head : heads) {
    Memory memory = memory_of_cache(cache, sequence, layer, head / (spec.heads / spec.kv_heads));
    for (int64_t row = 0; row < q.rows(); ++row) {
      const float* query = q.data<float>() + row * q.cols() + int64_t{head} * spec.head_dim;
      std::vector<double> weights = weights_of(query, 0, memory, spec);
      out =
          std::transform(weights.begin(), weights.end(), out, [](double w) { return static_cast<float>(w); });
    }
  }
  return y;
}

}  // namespace auris
