#pragma once
// The fast backend: f32 activations, weights used as they lie in the mapped file, SIMD by Highway chosen at
// run time, threads by parallel_for. What it does not speed up (moving rows) it takes over from the plain
// backend.

#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {

class CpuBackend final : public PlainBackend {
 public:
  Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) override;
  ops::Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                      const LinearWeights& v) override;
  Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                      Activation activation) override;
  Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                   const AttentionSpec& spec) override;
  Tensor attention_cached(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                          const AttentionSpec& spec, KvCache& cache, int layer) override;
  void store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache,
                         int layer) override;
  Tensor attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                        const KvCache& cache, int layer) override;
  Tensor attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                           const KvCache& cache, int layer, const std::vector<int>& heads) override;

  Tensor rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) override;
  Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) override;
  Tensor rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) override;
  Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
                const Conv1dOptions& options) override;

  Tensor add(const Tensor& x, const Tensor& y) override;
  Tensor multiply(const Tensor& x, const Tensor& y) override;
  Tensor scale(const Tensor& x, float factor) override;
  Tensor activate(const Tensor& x, Activation activation) override;
  Tensor log_softmax(const Tensor& x) override;
};

}  // namespace auris
