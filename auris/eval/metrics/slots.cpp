#include "auris/eval/metrics/slots.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "auris/eval/metrics/folded_text.h"
#include "auris/eval/metrics/symbol_numbers.h"

namespace auris::eval {
namespace {

struct Brackets {
  size_t open = 0, close = 0;
};

// Pairs of brackets by where they open; the others are counted.
std::vector<Brackets> bracket_pairs(std::string_view text, int64_t& alone) {
  std::vector<Brackets> pairs;
  std::vector<size_t> open;
  for (size_t at = text.find_first_of("[]"); at != std::string_view::npos;
       at = text.find_first_of("[]", at + 1)) {
    if (text[at] == '[') {
      open.push_back(at);
    } else if (open.empty()) {
      ++alone;
    } else {
      pairs.push_back({open.back(), at});
      open.pop_back();
    }
  }
  alone += static_cast<int64_t>(open.size());
  std::sort(pairs.begin(), pairs.end(), [](const Brackets& a, const Brackets& b) { return a.open < b.open; });
  return pairs;
}

using Pair = std::pair<std::string, std::string>;

std::vector<Pair> folded_pairs(const std::vector<Slot>& slots) {
  std::vector<Pair> pairs;
  pairs.reserve(slots.size());
  for (const Slot& slot : slots) pairs.emplace_back(folded_words(slot.type), folded_words(slot.value));
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

std::vector<std::string> types_of(const std::vector<Pair>& pairs) {
  std::vector<std::string> types;
  types.reserve(pairs.size());
  for (const Pair& pair : pairs) types.push_back(pair.first);
  return types;  // sorted, as the pairs are
}

template <class Value>
SetCounts compare(const std::vector<Value>& truth, const std::vector<Value>& answer) {
  std::vector<Value> both;
  std::set_intersection(truth.begin(), truth.end(), answer.begin(), answer.end(), std::back_inserter(both));
  const auto hits = static_cast<int64_t>(both.size());
  return {.hits = hits,
          .missed = static_cast<int64_t>(truth.size()) - hits,
          .invented = static_cast<int64_t>(answer.size()) - hits};
}

}  // namespace

SlotText parse_slots(std::string_view text) {
  SlotText parsed;
  const std::vector<Brackets> pairs = bracket_pairs(text, parsed.malformed);
  for (size_t i = 0; i < pairs.size();) {
    size_t next = i + 1;
    while (next < pairs.size() && pairs[next].open < pairs[i].close) ++next;
    const bool nested = next > i + 1;
    const std::string_view inside = text.substr(pairs[i].open + 1, pairs[i].close - pairs[i].open - 1);
    const size_t colon = inside.find(':');
    Slot slot;
    if (!nested && colon != std::string_view::npos) {
      slot = {stripped(inside.substr(0, colon)), stripped(inside.substr(colon + 1))};
    }
    if (slot.type.empty() || slot.value.empty()) {
      parsed.malformed += static_cast<int64_t>(next - i);
    } else {
      parsed.slots.push_back(slot);
    }
    i = next;
  }
  return parsed;
}

SlotSums& SlotSums::operator+=(const SlotSums& other) {
  pairs += other.pairs;
  types += other.types;
  items += other.items;
  exact_items += other.exact_items;
  malformed_answers += other.malformed_answers;
  return *this;
}

SlotSums slot_sums(std::string_view truth, std::string_view answer) {
  const SlotText given = parse_slots(answer);
  const std::vector<Pair> wanted_pairs = folded_pairs(parse_slots(truth).slots);
  const std::vector<Pair> given_pairs = folded_pairs(given.slots);
  SlotSums sums;
  sums.pairs = compare(wanted_pairs, given_pairs);
  sums.types = compare(types_of(wanted_pairs), types_of(given_pairs));
  sums.items = 1;
  sums.exact_items = sums.pairs.missed == 0 && sums.pairs.invented == 0 ? 1 : 0;
  sums.malformed_answers = given.malformed > 0 ? 1 : 0;
  return sums;
}

}  // namespace auris::eval
