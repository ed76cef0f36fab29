#pragma once
// The backend that learns: every op by LibTorch, with gradients, on the CPU (kTorch) or a GPU (kCuda).
// Gradients flow wherever torch records them; a caller that wants none uses torch's NoGradGuard.

#include "auris/tensor/backend/backend.h"

namespace auris {

// Makes Device::kTorch usable, and Device::kCuda if LibTorch sees a GPU. For programs that link LibTorch, at
// start-up, as often as they like; others load it as a module (open_device.h).
void register_torch_backends();

// The GPU that is current in the thread that asks.
inline constexpr int kCurrentGpu = -1;

class TorchBackend final : public Backend {
 public:
  explicit TorchBackend(Device device, int gpu = kCurrentGpu) : device_(device), gpu_(gpu) {}

  Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) override;

  Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                   const AttentionSpec& spec) override;
  // The cache lies in host memory, where the cpu backend attends: for inference. They throw kInternal if an
  // argument wants gradients.
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

  Tensor embedding(const Tensor& table, std::span<const int32_t> ids) override;
  Tensor gather_rows(const Tensor& x, std::span<const int32_t> indices) override;
  Tensor place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) override;
  Tensor concat_rows(const Tensor& x, const Tensor& y) override;
  Tensor stack_rows(const Tensor& x, const RowLayout& layout, int factor) override;
  Tensor average_rows(const Tensor& x, const RowLayout& layout, int factor) override;

  Tensor add(const Tensor& x, const Tensor& y) override;
  Tensor multiply(const Tensor& x, const Tensor& y) override;
  Tensor scale(const Tensor& x, float factor) override;
  Tensor activate(const Tensor& x, Activation activation) override;
  Tensor to_f32(const Tensor& x, const Tensor& row_scale) override;
  Tensor log_softmax(const Tensor& x) override;

  Tensor recomputed(const Tensor& x, const RowFunction& body) override;

  Tensor empty(const Shape& shape, DType dtype) override;
  Tensor from_host(const Tensor& host) override;
  Tensor to_host(const Tensor& tensor) override;

 private:
  Device device_;
  int gpu_;
};

}  // namespace auris
