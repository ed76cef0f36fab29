#pragma once
// Devices as users name them.

#include <string>
#include <string_view>

#include "auris/tensor/device.h"

namespace auris {

struct DeviceChoice {
  Device device = Device::kCpu;
  int gpu = -1;  // of kCuda: which one; -1 = the first, or the one that is in use already
};

// "cpu", "torch" (LibTorch on the processor), "cuda" or "cuda:N". Throws kUsage for another text.
DeviceChoice device_choice(std::string_view name);

std::string to_string(const DeviceChoice& choice);

}  // namespace auris
