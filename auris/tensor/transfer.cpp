#include "auris/tensor/transfer.h"

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/host_pool.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris {
namespace {

// What was made for a copy and is large, a vocabulary's table above all, is not kept for the next tensor of
// its size: there may be none.
constexpr size_t kLargeBytes = 16 << 20;

Tensor copied(Tensor widened, Device device) {
  Tensor there = backend_of(device).from_host(widened);
  widened = {};
  if (there.bytes() >= kLargeBytes) trim_host_pool();
  return there;
}

}  // namespace

Tensor to_device(const Tensor& tensor, Device device) {
  if (!tensor.defined() || tensor.device() == device) return tensor;
  Tensor host = to_host(tensor);
  if (shares_host_tensors(device)) return host.on(device);
  DType dtype = host.dtype();
  bool kept = dtype == DType::kF32 || dtype == DType::kI32 || dtype == DType::kI8;
  return kept ? backend_of(device).from_host(host) : copied(ops::to_f32(host), device);
}

LinearWeights to_device(const LinearWeights& weights, Device device) {
  LinearWeights there = weights;
  if (!shares_host_tensors(device) && weights.row_scale.defined()) {
    there.weight = copied(ops::to_f32(to_host(weights.weight), to_host(weights.row_scale)), device);
    there.row_scale = {};
  } else {
    there.weight = to_device(weights.weight, device);
  }
  there.bias = to_device(there.bias, device);
  there.row_scale = to_device(there.row_scale, device);
  return there;
}

Tensor to_host(const Tensor& tensor) {
  if (!tensor.defined() || shares_host_tensors(tensor.device())) return tensor.on(Device::kCpu);
  return backend_of(tensor.device()).to_host(tensor);
}

}  // namespace auris
