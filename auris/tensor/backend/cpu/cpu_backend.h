#pragma once
// The fast backend: f32 activations, weights used as they lie in the mapped file, SIMD by Highway chosen at run time,
// threads by parallel_for. What it does not speed up (moving rows) it takes over from the plain backend.

#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {

class CpuBackend final : public PlainBackend {
 public:
  Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) override;
  ops::Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k, const LinearWeights& v) override;
  Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up, Activation activation) override;
  Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
                const Conv1dOptions& options) override;
};

}  // namespace auris
