#include "auris/engine/serving/clip_key.h"

#include <limits>
#include <span>

#include "auris/base/error.h"
#include "auris/base/sha256.h"

namespace auris::engine {

std::string key_of(const audio::AudioClip& clip) {
  Sha256 hash;
  const int32_t rate = clip.sample_rate_hz;
  hash.update(std::as_bytes(std::span(&rate, 1)));
  hash.update(std::as_bytes(std::span(clip.samples)));
  return hash.hex_digest();
}

int32_t ClipNumbers::of(const std::string& key) {
  if (const auto found = places_.find(key); found != places_.end()) {
    used_.splice(used_.begin(), used_, found->second);
    return found->second->number;
  }
  AURIS_CHECK(next_ > std::numeric_limits<int32_t>::min());
  used_.push_front({.key = key, .number = next_--});
  places_.emplace(key, used_.begin());
  if (used_.size() > most_) {
    places_.erase(used_.back().key);
    used_.pop_back();
  }
  return used_.front().number;
}

}  // namespace auris::engine
