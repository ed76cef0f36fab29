#include "auris/generate/grammar/automaton.h"

#include <algorithm>
#include <string>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr Automaton::State kUnknown = -2;

[[noreturn]] void fail_too_large(size_t most, const char* what) {
  throw Error(ErrorCode::kUsage, {.where = "grammar",
                                  .expected = "at most " + std::to_string(most) + " " + what,
                                  .got = "more",
                                  .hint = "ask for a simpler form of answers"});
}

}  // namespace

Automaton::Automaton(Grammar grammar, RuleId root) : grammar_(std::move(grammar)) {
  grammar_.drop_endless();
  std::vector<Place> open;
  for (size_t i = 0; i < grammar_.alternatives(root).size(); ++i)
    open.push_back({.rule = root, .alternative = static_cast<int32_t>(i)});
  start_ = state_of(reach(std::move(open)));
}

const GrammarSequence& Automaton::sequence(const Place& place) const {
  return grammar_.alternatives(place.rule)[static_cast<size_t>(place.alternative)];
}

Automaton::PlaceId Automaton::id_of(const Place& place) {
  if (++steps_ > kMostSteps) fail_too_large(kMostSteps, "steps");
  const auto [known, is_new] = place_ids_.try_emplace(place.key(), static_cast<PlaceId>(places_.size()));
  if (is_new) {
    places_.push_back(place);
    reached_at_.push_back(0);
  }
  return known->second;
}

Automaton::Places Automaton::reach(std::vector<Place> open) {
  ++reaches_;
  Places reached;
  while (!open.empty()) {
    const Place place = open.back();
    open.pop_back();
    const GrammarSequence& symbols = sequence(place);
    if (static_cast<size_t>(place.position) == symbols.size()) {
      if (place.outer < 0) {
        reached.is_end = true;
      } else {
        open.push_back(places_[static_cast<size_t>(place.outer)]);
      }
      continue;
    }
    const PlaceId id = id_of(place);
    if (std::exchange(reached_at_[static_cast<size_t>(id)], reaches_) == reaches_) continue;
    const GrammarSymbol symbol = symbols[static_cast<size_t>(place.position)];
    if (!symbol.is_rule) {
      reached.ids.push_back(id);
      continue;
    }
    if (place.depth >= kMostDepth) continue;
    // Where nothing is left to do behind the inner rule, it ends where this one does: lists of any length
    // stay flat.
    Place after = place;
    ++after.position;
    const bool is_last = static_cast<size_t>(after.position) == symbols.size();
    Place inner{.outer = is_last ? place.outer : id_of(after),
                .rule = symbol.index,
                .depth = is_last ? place.depth : place.depth + 1};
    for (size_t i = 0; i < grammar_.alternatives(symbol.index).size(); ++i) {
      inner.alternative = static_cast<int32_t>(i);
      open.push_back(inner);
    }
  }
  std::ranges::sort(reached.ids);
  return reached;
}

Automaton::State Automaton::state_of(Places places) {
  if (places.ids.empty() && !places.is_end) return kDead;
  std::pair key(places.ids, places.is_end);
  if (const auto known = state_ids_.find(key); known != state_ids_.end()) return known->second;
  if (states_.size() >= kMostStates) fail_too_large(kMostStates, "states");
  const auto id = static_cast<State>(states_.size());
  StateData& state = states_.emplace_back();
  state.places = std::move(places.ids);
  state.is_end = places.is_end;
  state.next = std::make_unique<std::array<State, 256>>();
  state.next->fill(kUnknown);
  state_ids_.emplace(std::move(key), id);
  return id;
}

Automaton::State Automaton::next(State state, uint8_t byte) {
  if (state == kDead) return kDead;
  const State known = (*states_[static_cast<size_t>(state)].next)[byte];
  if (known != kUnknown) return known;
  std::vector<Place> open;
  const std::vector<PlaceId>& from = states_[static_cast<size_t>(state)].places;
  steps_ += from.size() / 32;  // a look at each, which is less than to look one up
  for (const PlaceId id : from) {
    Place place = places_[static_cast<size_t>(id)];
    if (!grammar_.set(sequence(place)[static_cast<size_t>(place.position)]).test(byte)) continue;
    ++place.position;
    open.push_back(place);
  }
  const State reached = state_of(reach(std::move(open)));
  (*states_[static_cast<size_t>(state)].next)[byte] = reached;
  return reached;
}

}  // namespace auris::generate
