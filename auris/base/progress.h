#pragma once
// How long work tells its caller how far it is. The library prints nothing.

#include <cstdint>
#include <functional>
#include <string_view>

namespace auris {

struct Progress {
  std::string_view name;  // what is being worked on: "model.bin"
  uint64_t done_bytes = 0;
  uint64_t total_bytes = 0;  // 0 = unknown
};

// Called from the thread that asked for the work, several times a second. Returning false stops the work,
// which then throws kCancelled. An empty callback means: carry on.
using ProgressCallback = std::function<bool(const Progress& progress)>;

}  // namespace auris
