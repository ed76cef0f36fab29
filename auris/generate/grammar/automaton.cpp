#include "auris/generate/grammar/automaton.h"

#include <algorithm>
#include <string>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr Automaton::State kUnknown = -2;

}  // namespace

Automaton::Automaton(Grammar grammar, RuleId root) : grammar_(std::move(grammar)) {
  Places places;
  std::vector<PlaceId> seen;
  for (size_t i = 0; i < grammar_.alternatives(root).size(); ++i)
    reach({.rule = root, .alternative = static_cast<int32_t>(i)}, places, seen);
  start_ = state_of(std::move(places));
}

const GrammarSequence& Automaton::sequence(const Place& place) const {
  return grammar_.alternatives(place.rule)[static_cast<size_t>(place.alternative)];
}

Automaton::PlaceId Automaton::id_of(const Place& place) {
  const auto [known, is_new] = place_ids_.try_emplace(place.key(), static_cast<PlaceId>(places_.size()));
  if (is_new) places_.push_back(place);
  return known->second;
}

void Automaton::reach(const Place& place, Places& reached, std::vector<PlaceId>& seen) {
  const GrammarSequence& symbols = sequence(place);
  if (static_cast<size_t>(place.position) == symbols.size()) {
    if (place.outer < 0) {
      reached.is_end = true;
    } else {
      const Place outer = places_[static_cast<size_t>(place.outer)];
      reach(outer, reached, seen);
    }
    return;
  }
  const PlaceId id = id_of(place);
  if (std::ranges::find(seen, id) != seen.end()) return;
  seen.push_back(id);
  const GrammarSymbol symbol = symbols[static_cast<size_t>(place.position)];
  if (!symbol.is_rule) {
    reached.ids.push_back(id);
    return;
  }
  if (place.depth >= kMostDepth) return;
  // Where nothing is left to do behind the inner rule, it ends where this one does: lists of any length stay
  // flat.
  Place after = place;
  ++after.position;
  const bool is_last = static_cast<size_t>(after.position) == symbols.size();
  Place inner{.outer = is_last ? place.outer : id_of(after),
              .rule = symbol.index,
              .depth = is_last ? place.depth : place.depth + 1};
  for (size_t i = 0; i < grammar_.alternatives(symbol.index).size(); ++i) {
    inner.alternative = static_cast<int32_t>(i);
    reach(inner, reached, seen);
  }
}

Automaton::State Automaton::state_of(Places places) {
  if (places.ids.empty() && !places.is_end) return kDead;
  std::ranges::sort(places.ids);
  places.ids.erase(std::ranges::unique(places.ids).begin(), places.ids.end());
  const auto [known, is_new] =
      state_ids_.try_emplace({places.ids, places.is_end}, static_cast<State>(states_.size()));
  if (!is_new) return known->second;
  if (states_.size() >= kMostStates) {
    throw Error(ErrorCode::kUsage, {.where = "grammar",
                                    .expected = "at most " + std::to_string(kMostStates) + " states",
                                    .got = "more",
                                    .hint = "ask for a simpler form of answers"});
  }
  StateData& state = states_.emplace_back();
  state.places = std::move(places.ids);
  state.is_end = places.is_end;
  state.next = std::make_unique<std::array<State, 256>>();
  state.next->fill(kUnknown);
  return known->second;
}

Automaton::State Automaton::next(State state, uint8_t byte) {
  if (state == kDead) return kDead;
  const State known = (*states_[static_cast<size_t>(state)].next)[byte];
  if (known != kUnknown) return known;
  Places places;
  std::vector<PlaceId> seen;
  const std::vector<PlaceId> from = states_[static_cast<size_t>(state)].places;
  for (const PlaceId id : from) {
    Place place = places_[static_cast<size_t>(id)];
    if (!grammar_.set(sequence(place)[static_cast<size_t>(place.position)]).test(byte)) continue;
    ++place.position;
    reach(place, places, seen);
  }
  const State reached = state_of(std::move(places));
  (*states_[static_cast<size_t>(state)].next)[byte] = reached;
  return reached;
}

}  // namespace auris::generate
