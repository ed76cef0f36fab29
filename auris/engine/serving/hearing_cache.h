#pragma once
// What a model heard in recordings, by their keys (key_of), so that a recording is heard once however many
// conversations and turns it appears in: the rows that encoder and projector made of it, or for a model that
// hears words what was recognised. Bounded by bytes; what was used longest ago goes first. Thread-safe.

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "auris/processor/listener.h"
#include "auris/tensor/tensor.h"

namespace auris::engine {

struct HeardClip {
  std::shared_ptr<const processor::Recognition> words = {};
  Tensor rows = {};  // [rows, hidden], of a model that hears by rows

  size_t bytes() const;
};

class HearingCache {
 public:
  explicit HearingCache(size_t most_bytes) : most_bytes_(most_bytes) {}

  // Null if it is not there.
  std::shared_ptr<const HeardClip> find(const std::string& key);
  void add(const std::string& key, std::shared_ptr<const HeardClip> heard);

  struct Counts {
    uint64_t hits = 0, misses = 0;
    size_t bytes = 0;
  };
  Counts counts() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const HeardClip> heard;
  };

  size_t most_bytes_;
  mutable std::mutex mutex_;
  Counts counts_;
  std::list<Entry> used_;  // the one used last first
  std::unordered_map<std::string, std::list<Entry>::iterator> places_;
};

}  // namespace auris::engine
