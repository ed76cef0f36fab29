#include <ATen/ops/layer_norm.h>
#include <ATen/ops/rms_norm.h>

#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {

using torch_backend::floats_of;

Tensor TorchBackend::rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) {
  at::Tensor rows = torch_of(x);
  at::Tensor w = floats_of(weight, rows.device()).view({x.cols()});
  if (weight_offset != 0.0f) w = w + weight_offset;
  return tensor_of(at::rms_norm(rows, {x.cols()}, w, eps));
}

Tensor TorchBackend::layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) {
  at::Tensor rows = torch_of(x);
  at::Tensor w = floats_of(weight, rows.device()).view({x.cols()});
  at::Tensor b = floats_of(bias, rows.device()).view({x.cols()});
  return tensor_of(at::layer_norm(rows, {x.cols()}, w, b, eps));
}

}  // namespace auris
