#include "auris/engine/serving/hearing_cache.h"

#include <utility>

namespace auris::engine {

size_t HeardClip::bytes() const {
  size_t sum = sizeof(HeardClip);
  if (rows.defined()) sum += rows.bytes();
  if (words == nullptr) return sum;
  sum += sizeof(*words) + words->text.size() + words->token_ends.size() * sizeof(size_t);
  for (const Tensor& tensor : {words->states, words->sound}) {
    if (tensor.defined()) sum += tensor.bytes();
  }
  return sum;
}

std::shared_ptr<const HeardClip> HearingCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(key);
  if (found == places_.end()) {
    ++counts_.misses;
    return nullptr;
  }
  ++counts_.hits;
  used_.splice(used_.begin(), used_, found->second);
  return found->second->heard;
}

void HearingCache::add(const std::string& key, std::shared_ptr<const HeardClip> heard) {
  const std::lock_guard lock(mutex_);
  if (const auto found = places_.find(key); found != places_.end()) {
    counts_.bytes -= found->second->heard->bytes();
    used_.erase(found->second);
    places_.erase(found);
  }
  counts_.bytes += heard->bytes();
  used_.push_front({.key = key, .heard = std::move(heard)});
  places_.emplace(key, used_.begin());
  while (counts_.bytes > most_bytes_ && used_.size() > 1) {
    counts_.bytes -= used_.back().heard->bytes();
    places_.erase(used_.back().key);
    used_.pop_back();
  }
}

HearingCache::Counts HearingCache::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace auris::engine
