#pragma once
// A number for a text that is the same on every machine and in every run: FNV-1a (Fowler, Noll, Vo), mixed so
// that all bits depend on all bytes. Not for secrets.

#include <cstdint>
#include <string_view>

namespace auris {

// All bits of the result depend on all bits of x: the finaliser of SplitMix64 (Steele and others 2014).
constexpr uint64_t mixed_bits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

constexpr uint64_t stable_hash(std::string_view text, uint64_t seed = 0) {
  uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mixed_bits(hash);
}

}  // namespace auris
