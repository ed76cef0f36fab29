#pragma once
// What a backend computes. The free functions in tensor/ops check shapes and types, then call the backend of
// the first argument's device; so a backend may trust its arguments. One virtual call per op costs nothing:
// ops are coarse.

#include <memory>
#include <span>
#include <vector>

#include "auris/tensor/device.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/recompute.h"
#include "auris/tensor/ops/rope.h"

namespace auris {

class Backend {
 public:
  virtual ~Backend() = default;

  // linear.h
  virtual Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) = 0;
  virtual ops::Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                              const LinearWeights& v);
  virtual Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                              Activation activation);

  // attention.h
  virtual Tensor attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                           const AttentionSpec& spec) = 0;
  virtual Tensor attention_cached(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                                  const AttentionSpec& spec, KvCache& cache, int layer) = 0;
  virtual void store_keys_values(const Tensor& k, const Tensor& v, const RowLayout& layout, KvCache& cache,
                                 int layer) = 0;
  virtual Tensor attention_over(const Tensor& q, const RowLayout& layout, const AttentionSpec& spec,
                                const KvCache& cache, int layer) = 0;
  virtual Tensor attention_weights(const Tensor& q, SequenceId sequence, const AttentionSpec& spec,
                                   const KvCache& cache, int layer, const std::vector<int>& heads) = 0;

  // norm.h, rope.h, conv1d.h
  virtual Tensor rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) = 0;
  virtual Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) = 0;
  virtual Tensor rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) = 0;
  virtual Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
                        const Conv1dOptions& options) = 0;

  // rows.h
  virtual Tensor embedding(const Tensor& table, std::span<const int32_t> ids) = 0;
  virtual Tensor gather_rows(const Tensor& x, std::span<const int32_t> indices) = 0;
  virtual Tensor place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) = 0;
  virtual Tensor concat_rows(const Tensor& x, const Tensor& y) = 0;
  virtual Tensor stack_rows(const Tensor& x, const RowLayout& layout, int factor) = 0;
  virtual Tensor average_rows(const Tensor& x, const RowLayout& layout, int factor) = 0;

  // elementwise.h
  virtual Tensor add(const Tensor& x, const Tensor& y) = 0;
  virtual Tensor multiply(const Tensor& x, const Tensor& y) = 0;
  virtual Tensor scale(const Tensor& x, float factor) = 0;
  virtual Tensor activate(const Tensor& x, Activation activation) = 0;
  virtual Tensor to_f32(const Tensor& x, const Tensor& row_scale) = 0;
  virtual Tensor log_softmax(const Tensor& x) = 0;

  // recompute.h
  virtual Tensor recomputed(const Tensor& x, const RowFunction& body) { return body(x); }

  // Memory, for devices that do not share host tensors; the others are never asked. Plain types only.
  virtual Tensor empty(const Shape& shape, DType dtype);  // uninitialised
  virtual Tensor from_host(const Tensor& host);           // a copy
  virtual Tensor to_host(const Tensor& tensor);           // as transfer.h says
};

// Throws kUsage, with a hint, for a device whose backend is not in this program.
Backend& backend_of(Device device);
bool has_backend(Device device);

// Backends that this library does not link bring themselves in at start-up, once for each device:
// register_torch_backends().
void register_backend(Device device, std::unique_ptr<Backend> backend);

Backend& cpu_backend();
Backend& plain_backend();

}  // namespace auris
