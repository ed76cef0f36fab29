#pragma once

#include <cstdint>
#include <random>

namespace auris::server {

// One that nobody can foretell.
inline uint64_t any_seed() {
  std::random_device device;
  return (uint64_t{device()} << 32) | device();
}

}  // namespace auris::server
