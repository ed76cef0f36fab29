#include "auris/tensor/backend/torch/torch_tensor.h"

#include "auris/tensor/backend/torch/arguments.h"

namespace auris {
namespace {

class TorchStorage final : public Storage {
 public:
  explicit TorchStorage(at::Tensor tensor)
      : Storage(tensor.is_cpu() ? static_cast<std::byte*>(tensor.data_ptr()) : nullptr, tensor.nbytes()),
        tensor_(std::move(tensor)) {}

  const at::Tensor& tensor() const { return tensor_; }

  std::shared_ptr<Storage> sliced_rows(int64_t begin, int64_t count) const override {
    return std::make_shared<TorchStorage>(tensor_.narrow(0, begin, count));
  }
  std::shared_ptr<Storage> reshaped(const Shape& shape) const override {
    return std::make_shared<TorchStorage>(tensor_.view(torch_backend::sizes_of(shape)));
  }

 private:
  at::Tensor tensor_;
};

DType dtype_of(at::ScalarType type) {
  switch (type) {
    case at::kFloat: return DType::kF32;
    case at::kHalf: return DType::kF16;
    case at::kBFloat16: return DType::kBF16;
    case at::kInt: return DType::kI32;
    case at::kChar: return DType::kI8;
    default: break;
  }
  throw Error(ErrorCode::kInternal, {.where = "torch",
                                     .expected = "float, half, bfloat16, int or char",
                                     .got = c10::toString(type),
                                     .hint = ""});
}

}  // namespace

at::Tensor torch_of(const Tensor& tensor) {
  const auto* storage = dynamic_cast<const TorchStorage*>(tensor.storage().get());
  if (storage != nullptr) return storage->tensor();
  throw Error(ErrorCode::kInternal,
              {.where = "torch",
               .expected = "a tensor on torch or cuda",
               .got = tensor.defined() ? "one on " + std::string(name_of(tensor.device())) : "none",
               .hint = "to_device() copies it there"});
}

Tensor tensor_of(const at::Tensor& tensor) {
  AURIS_CHECK(tensor.defined() && (tensor.is_cpu() || tensor.is_cuda()) && tensor.dim() <= Shape::kMaxRank);
  at::Tensor dense = tensor.contiguous();
  Shape shape(std::span<const int64_t>(dense.sizes().data(), dense.sizes().size()));
  DType dtype = dtype_of(dense.scalar_type());
  Device device = dense.is_cpu() ? Device::kTorch : Device::kCuda;
  return Tensor::view(std::make_shared<TorchStorage>(std::move(dense)), 0, shape, dtype, device);
}

}  // namespace auris
