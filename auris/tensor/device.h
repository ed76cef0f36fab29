#pragma once
// Where a tensor lives, which is also which backend computes with it.

#include <cstdint>
#include <string_view>

namespace auris {

enum class Device : uint8_t {
  kCpu,    // our kernels: SIMD, threads, quantized weights
  kPlain,  // the yardstick: simple scalar loops over the same host memory layout, for tests
  kTorch,  // LibTorch on the CPU: autograd. It and the next are there once register_torch_backends() was
           // called
  kCuda,   // LibTorch on the current GPU
};
inline constexpr int kDeviceCount = 4;

std::string_view name_of(Device device);

// Whether tensors of the device are nothing but host memory. Among such devices Tensor::on() moves a tensor
// without a copy; to and from all others to_device() copies it (transfer.h).
constexpr bool shares_host_tensors(Device device) {
  return device == Device::kCpu || device == Device::kPlain;
}

// Whether Tensor::data() may be read.
constexpr bool is_host_readable(Device device) { return device != Device::kCuda; }

}  // namespace auris
