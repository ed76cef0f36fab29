#include "auris/base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "auris/base/error.h"
#include "auris/base/stable_hash.h"

namespace auris {

Rng::Rng(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15ull;  // SplitMix64's step
    word = mixed_bits(seed);
  }
}

uint64_t Rng::next() {
  uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Rng::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

uint64_t Rng::below(uint64_t n) {
  AURIS_CHECK(n > 0);
  uint64_t threshold = (0 - n) % n;  // values below it would make small results likelier
  uint64_t value = next();
  while (value < threshold) value = next();
  return value % n;
}

double Rng::normal() {
  double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace auris
