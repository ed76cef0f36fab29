#include "auris/tensor/backend/torch/guarded_backend.h"

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <string>
#include <utility>

namespace auris {
namespace {

[[noreturn]] void rethrow(const c10::Error& error, Device device) {
  std::string message = error.what_without_backtrace();
  message = message.substr(0, message.find('\n'));
  const bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
                      message.find("can't allocate memory") != std::string::npos;
  if (memory) {
    throw Error(ErrorCode::kInternal,
                {.where = "memory of " + std::string(name_of(device)),
                 .expected = "enough for the model and its work",
                 .got = quoted(message, 300),
                 .hint = "use a smaller model or --device cpu, which keeps weights as the "
                         "file has them"});
  }
  throw Error(ErrorCode::kInternal,
              {.where = "LibTorch", .expected = "to compute", .got = quoted(message, 300), .hint = ""});
}

class GuardedBackend final : public Backend {
 public:
  GuardedBackend(std::unique_ptr<Backend> backend, Device device)
      : backend_(std::move(backend)), device_(device) {}

  Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) override {
    return guarded([&] { return backend_->linear(x, w, options); });
  }
  ops::Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                      const LinearWeights& v) override {
    return guarded([&] { return backend_->linear_qkv(x, q, k, v); });
  }
  Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                      Activation activation) override {
    return guarded([&] { return backend_->gated_linear(x, gate, up, activation); });
  }

  Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                   const AttentionSpec& spec) override {
    return guarded([&] { return backend_->attention(q, k, v, layout, spec); });
  }
  Tensor attention_cached(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                          const AttentionSpec& spec, KvCache& cache, int layer) override {
    return guarded([&] { return backend_->attention_cached(q, k, v, layout, spec, cache, layer); });
  }
  void store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache,
                         int layer) override {
    guarded([&] { backend_->store_keys_values(k, v, layout, cache, layer); });
  }
  Tensor attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                        const KvCache& cache, int layer) override {
    return guarded([&] { return backend_->attention_over(q, layout, spec, cache, layer); });
  }
  Tensor attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                           const KvCache& cache, int layer, const std::vector<int>& heads) override {
    return guarded([&] { return backend_->attention_weights(q, sequence, spec, cache, layer, heads); });
  }

  Tensor rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) override {
    return guarded([&] { return backend_->rms_norm(x, weight, eps, weight_offset); });
  }
  Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) override {
    return guarded([&] { return backend_->layer_norm(x, weight, bias, eps); });
  }
  Tensor rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) override {
    return guarded([&] { return backend_->rope(x, positions, spec); });
  }
  Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
                const Conv1dOptions& options) override {
    return guarded([&] { return backend_->conv1d(x, weight, bias, layout, options); });
  }

  Tensor embedding(const Tensor& table, std::span<const int32_t> ids) override {
    return guarded([&] { return backend_->embedding(table, ids); });
  }
  Tensor gather_rows(const Tensor& x, std::span<const int32_t> indices) override {
    return guarded([&] { return backend_->gather_rows(x, indices); });
  }
  Tensor place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) override {
    return guarded([&] { return backend_->place_rows(base, indices, rows); });
  }
  Tensor concat_rows(const Tensor& x, const Tensor& y) override {
    return guarded([&] { return backend_->concat_rows(x, y); });
  }
  Tensor stack_rows(const Tensor& x, const RowLayout& layout, int factor) override {
    return guarded([&] { return backend_->stack_rows(x, layout, factor); });
  }
  Tensor average_rows(const Tensor& x, const RowLayout& layout, int factor) override {
    return guarded([&] { return backend_->average_rows(x, layout, factor); });
  }

  Tensor add(const Tensor& x, const Tensor& y) override {
    return guarded([&] { return backend_->add(x, y); });
  }
  Tensor multiply(const Tensor& x, const Tensor& y) override {
    return guarded([&] { return backend_->multiply(x, y); });
  }
  Tensor scale(const Tensor& x, float factor) override {
    return guarded([&] { return backend_->scale(x, factor); });
  }
  Tensor activate(const Tensor& x, Activation activation) override {
    return guarded([&] { return backend_->activate(x, activation); });
  }
  Tensor to_f32(const Tensor& x, const Tensor& row_scale) override {
    return guarded([&] { return backend_->to_f32(x, row_scale); });
  }
  Tensor log_softmax(const Tensor& x) override {
    return guarded([&] { return backend_->log_softmax(x); });
  }

  Tensor empty(const Shape& shape, DType dtype) override {
    return guarded([&] { return backend_->empty(shape, dtype); });
  }
  Tensor from_host(const Tensor& host) override {
    return guarded([&] { return backend_->from_host(host); });
  }
  Tensor to_host(const Tensor& tensor) override {
    return guarded([&] { return backend_->to_host(tensor); });
  }

 private:
  template <typename Compute>
  auto guarded(const Compute& compute) const -> decltype(compute()) {
    const c10::InferenceMode no_gradients;
    try {
      return compute();
    } catch (const c10::Error& error) {
      rethrow(error, device_);
    }
  }

  std::unique_ptr<Backend> backend_;
  Device device_;
};

}  // namespace

std::unique_ptr<Backend> guarded_backend(std::unique_ptr<Backend> backend, Device device) {
  return std::make_unique<GuardedBackend>(std::move(backend), device);
}

}  // namespace auris
