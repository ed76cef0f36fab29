#pragma once
// For tests: how much memory LibTorch takes.

#include <cstdint>
#include <functional>

namespace auris::train::testing {

// The most bytes of tensors that this thread has at once while `pass` runs, beyond those from before.
int64_t peak_bytes(const std::function<void()>& pass);

}  // namespace auris::train::testing
