#include "auris/tensor/transfer.h"

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris {

Tensor to_device(const Tensor& tensor, Device device) {
  if (!tensor.defined() || tensor.device() == device) return tensor;
  Tensor host = to_host(tensor);
  if (shares_host_tensors(device)) return host.on(device);
  DType dtype = host.dtype();
  bool kept = dtype == DType::kF32 || dtype == DType::kI32 || dtype == DType::kI8;
  return backend_of(device).from_host(kept ? host : ops::to_f32(host));
}

LinearWeights to_device(const LinearWeights& weights, Device device) {
  LinearWeights there = weights;
  if (!shares_host_tensors(device) && weights.row_scale.defined()) {
    there.weight = ops::to_f32(weights.weight, weights.row_scale);
    there.row_scale = {};
  }
  there.weight = to_device(there.weight, device);
  there.bias = to_device(there.bias, device);
  there.row_scale = to_device(there.row_scale, device);
  return there;
}

Tensor to_host(const Tensor& tensor) {
  if (!tensor.defined() || shares_host_tensors(tensor.device())) return tensor.on(Device::kCpu);
  return backend_of(tensor.device()).to_host(tensor);
}

}  // namespace auris
