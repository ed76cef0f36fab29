#pragma once
// Where the models of a test program are loaded: its torch backend if it has one (auris_torch_test), a GPU
// first, else the cpu.

#include "auris/tensor/backend/backend.h"

namespace auris::models::testing {

inline Device device_under_test() {
  if (has_backend(Device::kCuda)) return Device::kCuda;
  return has_backend(Device::kTorch) ? Device::kTorch : Device::kCpu;
}

}  // namespace auris::models::testing
