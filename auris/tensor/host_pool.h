#pragma once
// Host memory for tensors. Activations of one size come and go with every layer; asking the system each time
// would cost more than the kernels (fresh pages must be zeroed), so freed blocks wait here for the next
// tensor of their size class.

#include <cstddef>
#include <memory>

#include "auris/tensor/tensor.h"

namespace auris {

// At least `bytes` of 64-byte-aligned memory that returns to the pool with the last owner. Thread-safe.
std::shared_ptr<Storage> allocate_host(size_t bytes);

struct HostPoolStats {
  size_t bytes_in_use = 0;
  size_t bytes_waiting = 0;
  size_t peak_bytes = 0;  // most that was ever held from the system at once
};
HostPoolStats host_pool_stats();

// Gives all waiting blocks back to the system.
void trim_host_pool();

}  // namespace auris
