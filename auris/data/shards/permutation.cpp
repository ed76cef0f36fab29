#include "auris/data/shards/permutation.h"

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/stable_hash.h"

namespace auris::data {
Permutation::Permutation(uint64_t count, uint64_t seed) : count_(count) {
  AURIS_CHECK(count <= uint64_t{1} << 62);
  while ((uint64_t{1} << (2 * half_bits_)) < count) ++half_bits_;
  Rng rng(seed);
  for (uint64_t& key : keys_) key = rng.next();
}

uint64_t Permutation::once(uint64_t value) const {
  const uint64_t mask = (uint64_t{1} << half_bits_) - 1;
  uint64_t left = value >> half_bits_, right = value & mask;
  for (uint64_t key : keys_) {
    const uint64_t next = left ^ (mixed_bits(right + key) & mask);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

uint64_t Permutation::operator()(uint64_t index) const {
  AURIS_CHECK(index < count_);
  do {
    index = once(index);
  } while (index >= count_);
  return index;
}

}  // namespace auris::data
