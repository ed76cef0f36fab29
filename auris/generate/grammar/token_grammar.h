#pragma once
// Which tokens may come next so that an answer matches a grammar.
//
//   TokenGrammar form(json_schema_grammar(schema), trie, end_of_turn);
//   auto state = form.start();
//   while (...) token = choose(logits, form.allowed(state)), state = form.after(state, token);
//
// Not thread-safe: it belongs to the thread that writes the answers.

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "auris/generate/grammar/automaton.h"
#include "auris/generate/grammar/token_trie.h"

namespace auris::generate {

// A grammar and the rule that all of a text must match.
struct TextGrammar {
  Grammar grammar;
  RuleId root = 0;
};

class TokenGrammar {
 public:
  using State = Automaton::State;

  // Any of `end_of_turn` may come where the text may end. Throws kUsage for a grammar that matches no text.
  TokenGrammar(TextGrammar grammar, std::shared_ptr<const TokenTrie> trie,
               std::span<const text::TokenId> end_of_turn);

  State start() const { return automaton_.start(); }
  // A bit for each token of the vocabulary, lowest first. Valid until the next call. Throws kUsage for a
  // grammar that is too large, and where nothing may follow.
  std::span<const uint64_t> allowed(State state);
  // `token` must be allowed and not end the turn.
  State after(State state, text::TokenId token, const text::Tokenizer& tokenizer);

 private:
  void walk(State state, std::vector<uint64_t>& bits);

  Automaton automaton_;
  std::shared_ptr<const TokenTrie> trie_;
  std::vector<text::TokenId> end_of_turn_;
  std::unordered_map<State, std::vector<uint64_t>> masks_;
};

}  // namespace auris::generate
