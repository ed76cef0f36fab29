#include "auris/generate/grammar/grammar.h"

#include <algorithm>
#include <string>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {

RuleId Grammar::add_rule() {
  rules_.emplace_back();
  return static_cast<RuleId>(rules_.size()) - 1;
}

void Grammar::add_alternative(RuleId rule, GrammarSequence sequence) {
  symbols_ += sequence.size() + 1;
  if (symbols_ > kMostSymbols) {
    throw Error(ErrorCode::kUsage, {.where = "grammar",
                                    .expected = "at most " + std::to_string(kMostSymbols) + " symbols",
                                    .got = "more",
                                    .hint = "ask for a simpler form of answers"});
  }
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
  GrammarSequence sequence;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    sequence.push_back(bytes(byte, byte));
  }
  return sequence;
}

}  // namespace auris::generate
