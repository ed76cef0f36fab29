#pragma once
// A context-free grammar over bytes, as rules made of sets of bytes and other rules.
//
//   Grammar grammar;
//   RuleId digits = grammar.add_rule();              // one or more of them
//   Symbol digit = grammar.bytes('0', '9');
//   grammar.add_alternative(digits, {digit});
//   grammar.add_alternative(digits, {digit, Grammar::rule(digits)});

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

namespace auris::generate {

using ByteSet = std::bitset<256>;
using RuleId = int32_t;

struct GrammarSymbol {
  bool is_rule = false;
  int32_t index = 0;  // of the rule, or of the set of bytes
};
using GrammarSequence = std::vector<GrammarSymbol>;

class Grammar {
 public:
  // Matches nothing until it has an alternative.
  RuleId add_rule();
  // Throws kUsage if the grammar becomes larger than kMostSymbols.
  void add_alternative(RuleId rule, GrammarSequence sequence);

  static GrammarSymbol rule(RuleId rule) { return {.is_rule = true, .index = rule}; }
  GrammarSymbol bytes(const ByteSet& set);
  GrammarSymbol bytes(unsigned char first, unsigned char last);
  // Throws kUsage for a text that is larger than a grammar may be.
  GrammarSequence literal(std::string_view text);

  // Takes out the alternatives that no text ends: those with rules that go on for ever.
  void drop_endless();

  const std::vector<GrammarSequence>& alternatives(RuleId rule) const {
    return rules_[static_cast<size_t>(rule)];
  }
  const ByteSet& set(GrammarSymbol symbol) const { return sets_[static_cast<size_t>(symbol.index)]; }

  static constexpr size_t kMostSymbols = 1 << 18;

 private:
  std::vector<std::vector<GrammarSequence>> rules_;
  std::vector<ByteSet> sets_;
  size_t symbols_ = 0;
};

}  // namespace auris::generate
