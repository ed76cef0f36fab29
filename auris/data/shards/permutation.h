#pragma once
// An order of many samples chosen by a seed, without a list of them: a bijection of [0, count), by a Feistel
// network over the next power of four whose results outside are sent through again (Black and Rogaway 2002).

#include <array>
#include <cstdint>

namespace auris::data {

class Permutation {
 public:
  Permutation(uint64_t count, uint64_t seed);

  // index < count.
  uint64_t operator()(uint64_t index) const;

 private:
  uint64_t once(uint64_t value) const;

  uint64_t count_;
  int half_bits_ = 1;
  std::array<uint64_t, 6> keys_{};
};

}  // namespace auris::data
