#pragma once
// Random numbers that are the same on every machine and with every standard library: xoshiro256** (Blackman
// and Vigna, 2018), seeded by SplitMix64. Sampling, initialisation and shuffling use this and nothing else.

#include <array>
#include <cstdint>

namespace auris {

class Rng {
 public:
  explicit Rng(uint64_t seed);

  uint64_t next();             // uniform over all 64-bit values
  double uniform();            // in [0, 1), 53 bits
  uint64_t below(uint64_t n);  // in [0, n), unbiased; n > 0
  double normal();             // mean 0, deviation 1 (Box-Muller)

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace auris
