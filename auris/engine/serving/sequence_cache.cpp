#include "auris/engine/serving/sequence_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace auris::engine {
namespace {

int64_t common_beginning(std::span<const int32_t> a, std::span<const int32_t> b) {
  return std::ranges::mismatch(a, b).in1 - a.begin();
}

}  // namespace

SequenceId SequenceCache::begin(std::span<const int32_t> ids, std::span<const Held> live) {
  AURIS_CHECK(!ids.empty());
  const auto most = static_cast<int64_t>(ids.size()) - 1;
  SequenceId best = kNoSequence;
  int64_t rows = 0;
  auto used = kept_.end();
  const auto consider = [&](SequenceId sequence, std::span<const int32_t> held) {
    const int64_t shared = std::min({common_beginning(held, ids), cache_.length(sequence), most});
    if (shared <= rows) return false;
    rows = shared;
    best = sequence;
    return true;
  };
  for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
    if (consider(kept->sequence, kept->ids)) used = kept;
  }
  for (const Held& held : live) {
    if (consider(held.sequence, held.ids)) used = kept_.end();
  }
  if (best == kNoSequence) return cache_.create();
  if (used != kept_.end()) kept_.splice(kept_.begin(), kept_, used);
  const SequenceId sequence = cache_.fork(best);
  cache_.truncate(sequence, rows);
  return sequence;
}

void SequenceCache::keep(SequenceId sequence, std::vector<int32_t> ids) {
  ids.resize(static_cast<size_t>(cache_.length(sequence)));
  for (auto kept = kept_.begin(); kept != kept_.end();) {
    const auto next = std::next(kept);
    if (common_beginning(kept->ids, ids) == static_cast<int64_t>(kept->ids.size())) drop(kept);
    kept = next;
  }
  kept_.push_front({.sequence = sequence, .ids = std::move(ids)});
  while (kept_.size() > most_) forget_oldest();
}

bool SequenceCache::forget_oldest() {
  if (kept_.empty()) return false;
  drop(std::prev(kept_.end()));
  return true;
}

void SequenceCache::clear() {
  while (forget_oldest()) {
  }
}

void SequenceCache::drop(std::list<Kept>::iterator kept) {
  cache_.release(kept->sequence);
  kept_.erase(kept);
}

}  // namespace auris::engine
