#include <ATen/core/grad_mode.h>

#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

// A cache forgets where its numbers came from, so training through it would silently learn nothing.
Tensor without_gradient(const char* op, const Tensor& tensor) {
  if (!shares_host_tensors(tensor.device()) && at::GradMode::is_enabled() &&
      torch_of(tensor).requires_grad()) {
    throw Error(ErrorCode::kInternal,
                {.where = op,
                 .expected = "tensors that want no gradients",
                 .got = "one that does",
                 .hint = "train without a cache, or generate under torch's NoGradGuard"});
  }
  return to_host(tensor);
}

}  // namespace

Tensor TorchBackend::attention_cached(const Tensor& q, const Tensor& k, const Tensor& v,
                                      const RowLayout& layout, const AttentionSpec& spec, KvCache& cache,
                                      int layer) {
  constexpr const char* kOp = "attention_cached";
  return to_device(cpu_backend().attention_cached(without_gradient(kOp, q), without_gradient(kOp, k),
                                                  without_gradient(kOp, v), layout, spec, cache, layer),
                   device_);
}

void TorchBackend::store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout,
                                     KvCache& cache, int layer) {
  constexpr const char* kOp = "store_keys_values";
  cpu_backend().store_keys_values(without_gradient(kOp, k), without_gradient(kOp, v), layout, cache, layer);
}

Tensor TorchBackend::attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                                    const KvCache& cache, int layer) {
  return to_device(
      cpu_backend().attention_over(without_gradient("attention_over", q), layout, spec, cache, layer),
      device_);
}

Tensor TorchBackend::attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                                       const KvCache& cache, int layer, const std::vector<int>& heads) {
  return to_device(cpu_backend().attention_weights(without_gradient("attention_weights", q), sequence, spec,
                                                   cache, layer, heads),
                   device_);
}

}  // namespace auris
