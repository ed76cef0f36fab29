#include "auris/generate/grammar/grammar.h"

#include <algorithm>
#include <string>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {

namespace {

[[noreturn]] void fail_too_large() {
  throw Error(ErrorCode::kUsage, {.where = "grammar",
                                  .expected = "at most " + std::to_string(Grammar::kMostSymbols) + " symbols",
                                  .got = "more",
                                  .hint = "ask for a simpler form of answers"});
}

}  // namespace

RuleId Grammar::add_rule() {
  rules_.emplace_back();
  return static_cast<RuleId>(rules_.size()) - 1;
}

void Grammar::add_alternative(RuleId rule, GrammarSequence sequence) {
  symbols_ += sequence.size() + 1;
  if (symbols_ > kMostSymbols) fail_too_large();
  rules_[static_cast<size_t>(rule)].push_back(std::move(sequence));
}

GrammarSymbol Grammar::bytes(const ByteSet& set) {
  const auto known = std::ranges::find(sets_, set);
  if (known != sets_.end()) return {.index = static_cast<int32_t>(known - sets_.begin())};
  sets_.push_back(set);
  return {.index = static_cast<int32_t>(sets_.size()) - 1};
}

GrammarSymbol Grammar::bytes(unsigned char first, unsigned char last) {
  ByteSet set;
  for (unsigned byte = first; byte <= last; ++byte) set.set(byte);
  return bytes(set);
}

GrammarSequence Grammar::literal(std::string_view text) {
  if (text.size() > kMostSymbols) fail_too_large();
  GrammarSequence sequence;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    sequence.push_back(bytes(byte, byte));
  }
  return sequence;
}

void Grammar::drop_endless() {
  std::vector<bool> ends(rules_.size());
  const auto sequence_ends = [&ends](const GrammarSequence& sequence) {
    return std::ranges::all_of(sequence, [&ends](GrammarSymbol symbol) {
      return !symbol.is_rule || ends[static_cast<size_t>(symbol.index)];
    });
  };
  // Rules mostly stand behind those that they are made of.
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (size_t rule = 0; rule < rules_.size(); ++rule) {
      if (ends[rule] || std::ranges::none_of(rules_[rule], sequence_ends)) continue;
      ends[rule] = has_changed = true;
    }
  }
  for (std::vector<GrammarSequence>& alternatives : rules_)
    std::erase_if(alternatives, [&](const GrammarSequence& sequence) { return !sequence_ends(sequence); });
}

}  // namespace auris::generate
