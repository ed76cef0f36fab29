#include "auris/tensor/backend/device_choice.h"

#include <charconv>

#include "auris/base/error.h"

namespace auris {
namespace {

constexpr std::string_view kGpuPrefix = "cuda:";
constexpr int kMostGpus = 127;  // LibTorch numbers them in eight bits

}  // namespace

DeviceChoice device_choice(std::string_view name) {
  for (Device device : {Device::kCpu, Device::kTorch, Device::kCuda}) {
    if (name == name_of(device)) return {.device = device};
  }
  if (name.starts_with(kGpuPrefix)) {
    const std::string_view number = name.substr(kGpuPrefix.size());
    int gpu = -1;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), gpu);
    const bool whole = error == std::errc() && end == number.data() + number.size();
    if (whole && gpu >= 0 && gpu <= kMostGpus) return {.device = Device::kCuda, .gpu = gpu};
  }
  throw Error(ErrorCode::kUsage,
              {.where = "device", .expected = "cpu, torch, cuda or cuda:N", .got = quoted(name), .hint = ""});
}

std::string to_string(const DeviceChoice& choice) {
  std::string name(name_of(choice.device));
  return choice.gpu < 0 ? name : name + ":" + std::to_string(choice.gpu);
}

}  // namespace auris
