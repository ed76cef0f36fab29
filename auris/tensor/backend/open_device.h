#pragma once
// Devices by name, ready for tensors. What this program does not link is loaded as a module
// (backend_module.h).
//
//   Device device = open_device("cuda:1");
//   auto llama = models::load_llama(checkpoint, {.device = device});

#include <string>
#include <string_view>
#include <vector>

#include "auris/tensor/device.h"

namespace auris {

// `name` as device_choice() takes it. The first call for torch or cuda loads LibTorch, a third of a second;
// from then on its threads are as many as compute_threads(). A process computes on one GPU. Throws kUsage for
// a device that is not there, saying what is missing. Thread-safe.
Device open_device(std::string_view name);

// For people: what there is beside the cpu, and what keeps the rest from working.
struct DeviceReport {
  std::string name;     // "torch", "cuda"
  bool broken = false;  // there is a module, but it cannot be loaded
  std::string text = {};
};
std::vector<DeviceReport> report_devices();

}  // namespace auris
