#include "auris/tensor/backend/torch/arguments.h"

#include <ATen/ops/from_blob.h>

#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"

namespace auris::torch_backend {

std::vector<int64_t> sizes_of(const Shape& shape) {
  std::vector<int64_t> sizes;
  for (int axis = 0; axis < shape.rank(); ++axis) sizes.push_back(shape[axis]);
  return sizes;
}

at::Tensor floats_of(const Tensor& tensor, at::Device device) {
  if (!tensor.defined()) return {};
  bool host = shares_host_tensors(tensor.device());
  return torch_of(host ? to_device(tensor, Device::kTorch) : tensor).to(device, at::kFloat);
}

at::Tensor indices_of(std::span<const int32_t> indices, at::Device device) {
  auto count = static_cast<int64_t>(indices.size());
  // from_blob takes no pointer to constants; the numbers are copied out at once.
  auto* numbers = const_cast<int32_t*>(indices.data());
  return at::from_blob(numbers, {count}, at::kInt).to(at::kLong).to(device);
}

at::Tensor factor_of(const at::Tensor& tensor) {
  return tensor.defined() && is_autocasting() ? tensor.to(at::kBFloat16) : tensor;
}

}  // namespace auris::torch_backend
