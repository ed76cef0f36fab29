#include "auris/engine/serving/sequence_cache.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace auris::engine {

int64_t common_beginning(std::span<const int32_t> a, std::span<const int32_t> b) {
  return std::ranges::mismatch(a, b).in1 - a.begin();
}

SequenceCache::Found SequenceCache::find(std::span<const int32_t> ids, std::span<const Held> live) const {
  AURIS_CHECK(!ids.empty());
  const auto most = static_cast<int64_t>(ids.size()) - 1;
  Found best;
  const auto consider = [&](SequenceId sequence, std::span<const int32_t> held) {
    const int64_t rows = std::min({common_beginning(held, ids), cache_.length(sequence), most});
    if (rows > best.rows) best = {.sequence = sequence, .rows = rows};
  };
  for (const Kept& kept : kept_) consider(kept.sequence, kept.ids);
  for (const Held& held : live) consider(held.sequence, held.ids);
  return best;
}

int64_t SequenceCache::known(std::span<const int32_t> ids, std::span<const Held> live) const {
  return find(ids, live).rows;
}

SequenceId SequenceCache::begin(std::span<const int32_t> ids, std::span<const Held> live) {
  const Found found = find(ids, live);
  if (found.sequence == kNoSequence) return cache_.create();
  const auto used = std::ranges::find(kept_, found.sequence, &Kept::sequence);
  if (used != kept_.end()) kept_.splice(kept_.begin(), kept_, used);
  const SequenceId sequence = cache_.fork(found.sequence);
  cache_.truncate(sequence, found.rows);
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
