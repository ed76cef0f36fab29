#pragma once
// The merge loop of BPE: as long as two neighbours can merge, merge the pair with the best priority, the
// leftmost one of equals. O(n log n) for long words, a plain scan for short ones.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::text {

struct Symbol {
  TokenId id = -1;
  uint32_t begin = 0;   // bytes of the word
  uint32_t length = 0;  // never 0 before merging; 0 = merged into its left neighbour
  int32_t previous = -1;
  int32_t next = -1;
};

struct Merge {
  static constexpr uint32_t kNone = UINT32_MAX;
  uint32_t priority = kNone;  // lower is merged first
  TokenId id = -1;
};

namespace detail {

// Word lengths (in symbols) up to which the plain scan is faster than the heap (measured on English text and
// code).
inline constexpr size_t kScanLimit = 32;

inline void absorb_next(std::vector<Symbol>& symbols, int32_t left, TokenId id) {
  Symbol& kept = symbols[static_cast<size_t>(left)];
  Symbol& gone = symbols[static_cast<size_t>(kept.next)];
  kept.id = id;
  kept.length += gone.length;
  kept.next = gone.next;
  gone.length = 0;
  if (kept.next >= 0) symbols[static_cast<size_t>(kept.next)].previous = left;
}

template <typename Lookup>
void merge_by_scan(std::vector<Symbol>& symbols, const Lookup& lookup) {
  Merge merges[kScanLimit];  // merges[i]: symbol i with its next
  const auto refresh = [&](int32_t i) {
    if (i < 0) return;
    const Symbol& symbol = symbols[static_cast<size_t>(i)];
    merges[i] = symbol.next < 0 ? Merge{} : lookup(symbol, symbols[static_cast<size_t>(symbol.next)]);
  };
  for (size_t i = 0; i < symbols.size(); ++i) refresh(static_cast<int32_t>(i));
  while (true) {
    int32_t best = 0;
    for (int32_t i = 0; i >= 0; i = symbols[static_cast<size_t>(i)].next) {
      if (merges[i].priority < merges[best].priority) best = i;
    }
    if (merges[best].priority == Merge::kNone) return;
    absorb_next(symbols, best, merges[best].id);
    refresh(best);
    refresh(symbols[static_cast<size_t>(best)].previous);
  }
}

template <typename Lookup>
void merge_by_heap(std::vector<Symbol>& symbols, const Lookup& lookup) {
  struct Candidate {
    uint32_t priority;
    int32_t left;
    uint32_t length;  // of both together; another value now means that one of them has changed since
    TokenId id;
    bool operator<(const Candidate& other) const {
      return priority != other.priority ? priority > other.priority : left > other.left;
    }
  };
  std::vector<Candidate> heap;
  heap.reserve(symbols.size());
  const auto candidate = [&](int32_t left) {
    const Symbol& a = symbols[static_cast<size_t>(left)];
    const Symbol& b = symbols[static_cast<size_t>(a.next)];
    const Merge merge = lookup(a, b);
    return Candidate{merge.priority, left, a.length + b.length, merge.id};
  };
  const auto push = [&](int32_t left) {
    if (left < 0 || symbols[static_cast<size_t>(left)].next < 0) return;
    const Candidate found = candidate(left);
    if (found.priority == Merge::kNone) return;
    heap.push_back(found);
    std::push_heap(heap.begin(), heap.end());
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i) {
    const Candidate found = candidate(static_cast<int32_t>(i));
    if (found.priority != Merge::kNone) heap.push_back(found);
  }
  std::make_heap(heap.begin(), heap.end());
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end());
    const Candidate best = heap.back();
    heap.pop_back();
    const Symbol& left = symbols[static_cast<size_t>(best.left)];
    if (left.length == 0 || left.next < 0) continue;
    if (left.length + symbols[static_cast<size_t>(left.next)].length != best.length) continue;
    absorb_next(symbols, best.left, best.id);
    push(best.left);
    push(left.previous);
  }
}

}  // namespace detail

// Links the symbols in order, merges them, and leaves the merged-away ones with length 0. lookup(left, right)
// -> Merge.
template <typename Lookup>
void merge_symbols(std::vector<Symbol>& symbols, const Lookup& lookup) {
  if (symbols.size() < 2) return;
  const auto count = static_cast<int32_t>(symbols.size());
  for (int32_t i = 0; i < count; ++i) {
    symbols[static_cast<size_t>(i)].previous = i - 1;
    symbols[static_cast<size_t>(i)].next = i + 1 < count ? i + 1 : -1;
  }
  if (symbols.size() <= detail::kScanLimit) {
    detail::merge_by_scan(symbols, lookup);
  } else {
    detail::merge_by_heap(symbols, lookup);
  }
}

}  // namespace auris::text
