#pragma once
// Numbers of the host as a tensor on the device that a computation runs on.

#include <span>
#include <type_traits>

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

namespace auris::train {

template <typename T>
at::Tensor on_device_of(const at::Tensor& like, std::span<const T> values) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>);
  at::ScalarType type = std::is_same_v<T, float>     ? at::kFloat
                        : std::is_same_v<T, int32_t> ? at::kInt
                                                     : at::kLong;
  // from_blob takes a pointer it may write through; the copy is made before anybody could.
  at::Tensor host = at::from_blob(const_cast<T*>(values.data()), {static_cast<int64_t>(values.size())}, type);
  return like.is_cpu() ? host.clone() : host.to(like.device());
}

}  // namespace auris::train
