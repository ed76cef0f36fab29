#pragma once
// What tells one recording from all others, for caches that several users share: equal keys mean equal
// samples.

#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "auris/audio/audio_clip.h"

namespace auris::engine {

// SHA-256 over the rate and the samples, in hex.
std::string key_of(const audio::AudioClip& clip);

// A negative number for every recording, the same for the same key, never given to another one. The keys used
// longest ago are forgotten; a recording that comes back later has a new number then. Not thread-safe.
class ClipNumbers {
 public:
  explicit ClipNumbers(size_t most = 4096) : most_(most) {}

  int32_t of(const std::string& key);

 private:
  struct Numbered {
    std::string key;
    int32_t number;
  };

  size_t most_;
  int32_t next_ = -1;
  std::list<Numbered> used_;  // the one used last first
  std::unordered_map<std::string, std::list<Numbered>::iterator> places_;
};

}  // namespace auris::engine
