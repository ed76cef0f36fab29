#include <ATen/Context.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include <mutex>

#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {
namespace {

at::TensorOptions options_of(DType dtype, at::Device device) {
  const at::TensorOptions options(device);
  switch (dtype) {
    case DType::kF32: return options.dtype(at::kFloat);
    case DType::kF16: return options.dtype(at::kHalf);
    case DType::kBF16: return options.dtype(at::kBFloat16);
    case DType::kI32: return options.dtype(at::kInt);
    case DType::kI8: return options.dtype(at::kChar);
    default: break;
  }
  throw Error(ErrorCode::kInternal, {.where = "torch",
                                     .expected = "type f32, f16, bf16, i32 or i8",
                                     .got = std::string(name_of(dtype)),
                                     .hint = "to_device() makes f32 of blocks"});
}

}  // namespace

Tensor TorchBackend::empty(const Shape& shape, DType dtype) {
  const at::Device where = device_ == Device::kCuda
                               ? at::Device(at::kCUDA, static_cast<at::DeviceIndex>(gpu_))
                               : at::Device(at::kCPU);
  return tensor_of(at::empty(torch_backend::sizes_of(shape), options_of(dtype, where)));
}

Tensor TorchBackend::from_host(const Tensor& host) {
  Tensor copy = empty(host.shape(), host.dtype());
  if (host.elements() == 0) return copy;
  at::Tensor numbers = at::from_blob(host.data<std::byte>(), torch_backend::sizes_of(host.shape()),
                                     options_of(host.dtype(), at::kCPU));
  torch_of(copy).copy_(numbers);
  return copy;
}

Tensor TorchBackend::to_host(const Tensor& tensor) {
  auto here = std::make_shared<at::Tensor>(torch_of(tensor).detach().cpu());
  return Tensor::borrow(here, {static_cast<const std::byte*>(here->const_data_ptr()), here->nbytes()},
                        tensor.shape(), tensor.dtype());
}

void register_torch_backends() {
  static std::once_flag once;
  std::call_once(once, [] {
    register_backend(Device::kTorch, std::make_unique<TorchBackend>(Device::kTorch));
    if (at::hasCUDA()) register_backend(Device::kCuda, std::make_unique<TorchBackend>(Device::kCuda));
  });
}

}  // namespace auris
