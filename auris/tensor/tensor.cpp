#include "auris/tensor/tensor.h"

#include <cstring>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/host_pool.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

class BorrowedStorage final : public Storage {
 public:
  BorrowedStorage(std::shared_ptr<const void> owner, std::span<const std::byte> bytes)
      : Storage(const_cast<std::byte*>(bytes.data()), bytes.size()), owner_(std::move(owner)) {}

 private:
  std::shared_ptr<const void> owner_;
};

size_t bytes_of_row(int64_t cols, DType dtype) {
  const DTypeInfo& info = info_of(dtype);
  AURIS_CHECK(cols % info.block_elements == 0);
  return static_cast<size_t>(cols / info.block_elements) * static_cast<size_t>(info.block_bytes);
}

template <typename T>
Tensor copy_of(std::span<const T> values, const Shape& shape, DType dtype, Device device) {
  AURIS_CHECK(static_cast<int64_t>(values.size()) == shape.elements());
  if (!shares_host_tensors(device)) return to_device(copy_of(values, shape, dtype, Device::kCpu), device);
  Tensor tensor = Tensor::empty(shape, dtype, device);
  if (!values.empty()) std::memcpy(tensor.data<T>(), values.data(), values.size_bytes());
  return tensor;
}

}  // namespace

std::string_view name_of(Device device) {
  switch (device) {
    case Device::kCpu: return "cpu";
    case Device::kPlain: return "plain";
    case Device::kTorch: return "torch";
    case Device::kCuda: return "cuda";
  }
  fail_invariant("a known device", __FILE__, __LINE__);
}

Tensor Tensor::empty(const Shape& shape, DType dtype, Device device) {
  if (!shares_host_tensors(device)) return backend_of(device).empty(shape, dtype);
  int64_t cols = shape.rank() == 0 ? 1 : shape[-1];
  int64_t rows = cols == 0 ? 0 : shape.elements() / cols;
  return view(allocate_host(bytes_of_row(cols, dtype) * static_cast<size_t>(rows)), 0, shape, dtype, device);
}

Tensor Tensor::zeros(const Shape& shape, DType dtype, Device device) {
  if (!shares_host_tensors(device)) return backend_of(device).from_host(zeros(shape, dtype));
  Tensor tensor = empty(shape, dtype, device);
  if (tensor.bytes() > 0) std::memset(tensor.data_, 0, tensor.bytes());  // nothing has no address
  return tensor;
}

Tensor Tensor::from(std::span<const float> values, const Shape& shape, Device device) {
  return copy_of(values, shape, DType::kF32, device);
}

Tensor Tensor::from(std::span<const int32_t> values, const Shape& shape, Device device) {
  return copy_of(values, shape, DType::kI32, device);
}

Tensor Tensor::view(std::shared_ptr<Storage> storage, size_t offset_bytes, const Shape& shape, DType dtype,
                    Device device) {
  Tensor tensor;
  tensor.data_ = storage->data() + offset_bytes;
  tensor.shape_ = shape;
  tensor.dtype_ = dtype;
  tensor.device_ = device;
  AURIS_CHECK(offset_bytes <= storage->bytes() && tensor.bytes() <= storage->bytes() - offset_bytes);
  tensor.storage_ = std::move(storage);
  return tensor;
}

Tensor Tensor::borrow(std::shared_ptr<const void> owner, std::span<const std::byte> bytes, const Shape& shape,
                      DType dtype, Device device) {
  AURIS_CHECK(shares_host_tensors(device));
  return view(std::make_shared<BorrowedStorage>(std::move(owner), bytes), 0, shape, dtype, device);
}

size_t Tensor::row_bytes() const { return bytes_of_row(cols(), dtype_); }

Tensor Tensor::slice_rows(int64_t begin, int64_t count) const {
  AURIS_CHECK(shape_.rank() >= 1 && begin >= 0 && count >= 0 && begin + count <= shape_[0]);
  Tensor slice = *this;
  slice.shape_.set(0, count);
  if (auto own = storage_->sliced_rows(begin, count)) {
    return view(std::move(own), 0, slice.shape_, dtype_, device_);
  }
  if (shape_[0] > 0) slice.data_ += bytes() / static_cast<size_t>(shape_[0]) * static_cast<size_t>(begin);
  return slice;
}

Tensor Tensor::reshape(const Shape& shape) const {
  AURIS_CHECK(shape.elements() == shape_.elements());
  AURIS_CHECK(!is_quantized(dtype_) || shape[-1] == cols());
  if (auto own = storage_ ? storage_->reshaped(shape) : nullptr) {
    return view(std::move(own), 0, shape, dtype_, device_);
  }
  Tensor other = *this;
  other.shape_ = shape;
  return other;
}

Tensor Tensor::on(Device device) const {
  if (device != device_ && !(shares_host_tensors(device_) && shares_host_tensors(device))) {
    throw Error(ErrorCode::kInternal,
                {.where = "tensor",
                 .expected = "devices that share host tensors",
                 .got = std::string(name_of(device_)) + " to " + std::string(name_of(device)),
                 .hint = "to_device() copies"});
  }
  Tensor other = *this;
  other.device_ = device;
  return other;
}

void Tensor::fail_unreadable() {
  throw Error(ErrorCode::kInternal, {.where = "tensor",
                                     .expected = "numbers in host memory",
                                     .got = "a tensor on another device",
                                     .hint = "to_host() copies it"});
}

}  // namespace auris
