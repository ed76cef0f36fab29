#pragma once
// Sequences whose keys and values are kept after their answer, so that a prompt that begins alike computes
// only what is new. What is shared is never computed twice and never copied before somebody writes into it
// (KvCache). Rows are told apart by their ids: a token's own, and for a row of sound a negative number that
// stands for its recording (ClipNumbers).
//
// Not thread-safe: it belongs to the thread that runs the model.

#include <cstdint>
#include <list>
#include <span>
#include <vector>

#include "auris/tensor/kv_cache.h"

namespace auris::engine {

// How many ids two sequences have in common before they part.
int64_t common_beginning(std::span<const int32_t> a, std::span<const int32_t> b);

class SequenceCache {
 public:
  // What a sequence holds: ids.size() is its length or more.
  struct Held {
    SequenceId sequence = kNoSequence;
    std::span<const int32_t> ids = {};
  };

  // Keeps at most `most` sequences. `cache` must outlive it.
  SequenceCache(KvCache& cache, size_t most) : cache_(cache), most_(most) {}

  // A new sequence that holds the longest beginning of `ids` which a kept sequence or one of `live` has; at
  // most all but the last row, which must be run to have logits.
  SequenceId begin(std::span<const int32_t> ids, std::span<const Held> live = {});

  // How many rows of `ids` begin() would find.
  int64_t known(std::span<const int32_t> ids, std::span<const Held> live = {}) const;

  // Takes over a sequence and what it holds. One that is a beginning of it is forgotten.
  void keep(SequenceId sequence, std::vector<int32_t> ids);

  // Forgets the sequence that was used longest ago; false if none is kept.
  bool forget_oldest();
  void clear();

  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    SequenceId sequence;
    std::vector<int32_t> ids;
  };

  struct Found {
    SequenceId sequence = kNoSequence;
    int64_t rows = 0;
  };
  Found find(std::span<const int32_t> ids, std::span<const Held> live) const;
  void drop(std::list<Kept>::iterator kept);

  KvCache& cache_;
  size_t most_;
  std::list<Kept> kept_;  // the one used last first
};

}  // namespace auris::engine
