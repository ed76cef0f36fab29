#pragma once
// Where a tensor lives, which is also which backend computes with it.

#include <cstdint>
#include <string_view>

namespace auris {

enum class Device : uint8_t {
  kCpu,    // our kernels: SIMD, threads, quantized weights
  kPlain,  // the yardstick: simple scalar loops over the same host memory layout, for tests
};

std::string_view name_of(Device device);

}  // namespace auris
