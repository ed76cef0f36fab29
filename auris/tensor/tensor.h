#pragma once
// A tensor: a small value handle to shared storage. Copies are cheap and share the data. Always contiguous
// and row-major; model code works on rows, so the last dimension is the one that is contiguous and, for
// quantized types, the one that is cut into blocks.
//
//   Tensor x = Tensor::empty({rows, 576});        // f32 on the CPU, from a pool: uninitialised
//   float* row = x.data<float>() + i * x.cols();

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

#include "auris/base/error.h"
#include "auris/tensor/device.h"
#include "auris/tensor/dtype.h"
#include "auris/tensor/shape.h"

namespace auris {

// The memory behind tensors. A subclass frees it, unmaps it, or holds another library's tensor.
class Storage {
 public:
  virtual ~Storage() = default;
  std::byte* data() const { return data_; }
  size_t bytes() const { return bytes_; }

  // Another library's tensor has a shape of its own and makes its views itself, so that they keep their place
  // in its graph of gradients. Memory without a shape gives nullptr, and Tensor does the arithmetic.
  virtual std::shared_ptr<Storage> sliced_rows(int64_t /*begin*/, int64_t /*count*/) const { return nullptr; }
  virtual std::shared_ptr<Storage> reshaped(const Shape& /*shape*/) const { return nullptr; }

 protected:
  Storage(std::byte* data, size_t bytes) : data_(data), bytes_(bytes) {}

 private:
  std::byte* data_;
  size_t bytes_;
};

template <typename T>
constexpr bool matches(DType dtype) {
  if constexpr (std::is_same_v<T, float>) return dtype == DType::kF32;
  if constexpr (std::is_same_v<T, int32_t>) return dtype == DType::kI32;
  if constexpr (std::is_same_v<T, int8_t>) return dtype == DType::kI8;
  if constexpr (std::is_same_v<T, uint16_t>) return dtype == DType::kF16 || dtype == DType::kBF16;
  return std::is_same_v<T, std::byte>;
}

class Tensor {
 public:
  Tensor() = default;

  // Uninitialised memory, 64-byte aligned, taken from a pool and given back to it; the backend's own on
  // devices that do not share host tensors.
  static Tensor empty(const Shape& shape, DType dtype = DType::kF32, Device device = Device::kCpu);
  static Tensor zeros(const Shape& shape, DType dtype = DType::kF32, Device device = Device::kCpu);
  // A copy of `values`.
  static Tensor from(std::span<const float> values, const Shape& shape, Device device = Device::kCpu);
  static Tensor from(std::span<const int32_t> values, const Shape& shape, Device device = Device::kCpu);
  // A window into storage that lives as long as the tensor does. Throws kInternal if it does not fit: parsers
  // check sizes before. `offset_bytes` need not be aligned: kernels use unaligned loads on weights.
  static Tensor view(std::shared_ptr<Storage> storage, size_t offset_bytes, const Shape& shape, DType dtype,
                     Device device = Device::kCpu);
  // Read-only memory kept alive by `owner` (a MappedFile). Nobody may write through it.
  static Tensor borrow(std::shared_ptr<const void> owner, std::span<const std::byte> bytes,
                       const Shape& shape, DType dtype, Device device = Device::kCpu);

  bool defined() const { return storage_ != nullptr; }
  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  Device device() const { return device_; }
  int64_t elements() const { return shape_.elements(); }
  int64_t cols() const { return shape_.rank() == 0 ? 1 : shape_[-1]; }    // last extent
  int64_t rows() const { return cols() == 0 ? 0 : elements() / cols(); }  // product of all others
  size_t row_bytes() const;                                               // bytes of one row
  size_t bytes() const { return row_bytes() * static_cast<size_t>(rows()); }

  // T must match dtype(); std::byte always does, uint16_t holds f16 and bf16 bits. Throws kInternal for
  // memory that the host cannot read.
  template <typename T>
  T* data() const {
    AURIS_ASSERT(defined() && matches<T>(dtype_));
    if (!is_host_readable(device_)) fail_unreadable();
    return reinterpret_cast<T*>(data_);
  }
  template <typename T>
  std::span<T> span() const {
    return {data<T>(), static_cast<size_t>(elements())};
  }

  // Rows [begin, begin + count) along the first dimension, sharing the data (and passing gradients on).
  Tensor slice_rows(int64_t begin, int64_t count) const;
  // The same data under another shape with as many elements and, for block types, the same last extent.
  Tensor reshape(const Shape& shape) const;
  // The same memory, computed with by another backend that shares host tensors; throws kInternal for others.
  Tensor on(Device device) const;

  // For backends: what holds the memory.
  const std::shared_ptr<Storage>& storage() const { return storage_; }

 private:
  [[noreturn]] static void fail_unreadable();

  std::shared_ptr<Storage> storage_;
  std::byte* data_ = nullptr;
  Shape shape_;
  DType dtype_ = DType::kF32;
  Device device_ = Device::kCpu;
};

}  // namespace auris
