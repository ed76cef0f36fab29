#pragma once
// Reads a text byte by byte and knows whether a grammar can still match it. States are made when they are
// first reached; a step into a known one is a look into a table.
//
// Not thread-safe.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "auris/generate/grammar/grammar.h"

namespace auris::generate {

class Automaton {
 public:
  using State = int32_t;
  static constexpr State kDead = -1;  // no text that begins so matches

  // Places deeper within rules than this match nothing.
  static constexpr int32_t kMostDepth = 256;
  static constexpr size_t kMostStates = 1 << 14;
  // Places looked up to make states, some seconds of work: who asks for a form does not stop the others.
  static constexpr size_t kMostSteps = 1 << 22;

  // Throws kUsage beyond kMostSteps.
  Automaton(Grammar grammar, RuleId root);

  State start() const { return start_; }
  // Throws kUsage beyond kMostStates or kMostSteps.
  State next(State state, uint8_t byte);
  // Whether the text may end here.
  bool is_end(State state) const { return states_[static_cast<size_t>(state)].is_end; }
  size_t states() const { return states_.size(); }

 private:
  // A place in an alternative of a rule, with the place where its rule goes on in the one that holds it.
  struct Place {
    int32_t outer = -1;  // -1: none, the text ends with this rule
    RuleId rule = 0;
    int32_t alternative = 0, position = 0;
    int32_t depth = 0;
    auto key() const { return std::array{outer, rule, alternative, position}; }
  };
  using PlaceId = int32_t;

  // All places where the next byte may be.
  struct Places {
    std::vector<PlaceId> ids = {};  // sorted
    bool is_end = false;
  };

  struct StateData {
    std::vector<PlaceId> places;
    bool is_end = false;
    std::unique_ptr<std::array<State, 256>> next;
  };

  const GrammarSequence& sequence(const Place& place) const;
  PlaceId id_of(const Place& place);
  // All places with bytes that are reached from `open`, which it empties, without reading one.
  Places reach(std::vector<Place> open);
  State state_of(Places places);

  Grammar grammar_;
  std::vector<Place> places_;
  std::vector<size_t> reached_at_;  // the last call of reach() that came to a place
  size_t reaches_ = 0, steps_ = 0;
  std::map<std::array<int32_t, 4>, PlaceId> place_ids_;
  std::vector<StateData> states_;
  std::map<std::pair<std::vector<PlaceId>, bool>, State> state_ids_;
  State start_ = kDead;
};

}  // namespace auris::generate
