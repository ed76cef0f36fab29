#pragma once
// Entities marked inside a sentence, as SLURP writes them (Bastianelli and others 2020):
//   remind me [event_name : mona] on [date : tuesday]
// and the F1 of (type, value) pairs. SLURP's own SLU-F1 also gives part of a hit to values that are nearly
// right; here a pair is right or wrong.

#include <cstdint>
#include <string_view>
#include <vector>

#include "auris/eval/metrics/tag_score.h"

namespace auris::eval {

struct Slot {
  std::string_view type, value;  // without white space at their ends; valid as long as the text
  bool operator==(const Slot&) const = default;
};

struct SlotText {
  std::vector<Slot> slots;  // in order
  // Brackets that are no slot: without partner, nested (each pair), without a colon, or without type or
  // value.
  int64_t malformed = 0;
};

// Linear in the text.
SlotText parse_slots(std::string_view text);

// What answers add up to.
struct SlotSums {
  SetCounts pairs;  // of type and value, both folded (folded_text.h), as often as they occur
  SetCounts types;
  int64_t items = 0;
  int64_t exact_items = 0;
  int64_t malformed_answers = 0;  // with at least one malformed bracket

  SlotSums& operator+=(const SlotSums& other);
  std::optional<double> f1() const { return pairs.f1(); }
  std::optional<double> type_f1() const { return types.f1(); }
  CorpusItem f1_item() const { return pairs.f1_item(); }
  CorpusItem type_f1_item() const { return types.f1_item(); }
  bool operator==(const SlotSums&) const = default;
};

// Of one item.
SlotSums slot_sums(std::string_view truth, std::string_view answer);

}  // namespace auris::eval
