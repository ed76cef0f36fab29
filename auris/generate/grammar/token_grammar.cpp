#include "auris/generate/grammar/token_grammar.h"

#include <algorithm>
#include <string>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr size_t kMostMasks = 1024;  // 6 KiB each for 50,000 tokens

void set_bit(std::vector<uint64_t>& bits, text::TokenId token) {
  bits[static_cast<size_t>(token) / 64] |= uint64_t{1} << (token % 64);
}

}  // namespace

TokenGrammar::TokenGrammar(TextGrammar grammar, std::shared_ptr<const TokenTrie> trie,
                           std::span<const text::TokenId> end_of_turn)
    : automaton_(std::move(grammar.grammar), grammar.root),
      trie_(std::move(trie)),
      end_of_turn_(end_of_turn.begin(), end_of_turn.end()) {
  if (automaton_.start() == Automaton::kDead) {
    throw Error(ErrorCode::kUsage, {.where = "grammar",
                                    .expected = "a form that some text has",
                                    .got = "one that none has",
                                    .hint = ""});
  }
}

std::span<const uint64_t> TokenGrammar::allowed(State state) {
  const auto known = masks_.find(state);
  if (known != masks_.end()) return known->second;
  std::vector<uint64_t> bits(static_cast<size_t>(trie_->vocab_size() + 63) / 64);
  if (state != Automaton::kDead) {
    walk(state, bits);
    for (const text::TokenId token : end_of_turn_) {
      if (automaton_.is_end(state)) set_bit(bits, token);
    }
  }
  if (std::ranges::all_of(bits, [](uint64_t word) { return word == 0; })) {
    throw Error(ErrorCode::kUsage,
                {.where = "grammar",
                 .expected = "a form that an answer can end in",
                 .got = "one where nothing can follow what is written",
                 .hint = "values within values go " + std::to_string(Automaton::kMostDepth) + " deep"});
  }
  if (masks_.size() >= kMostMasks) masks_.clear();
  return masks_[state] = std::move(bits);
}

void TokenGrammar::walk(State state, std::vector<uint64_t>& bits) {
  const std::span<const TokenTrie::Node> nodes = trie_->nodes();
  // The states along the path from the top, and where their nodes end.
  std::vector<std::pair<State, int32_t>> path = {{state, static_cast<int32_t>(nodes.size())}};
  for (int32_t i = 0; i < static_cast<int32_t>(nodes.size());) {
    while (path.back().second <= i) path.pop_back();
    const TokenTrie::Node& node = nodes[static_cast<size_t>(i)];
    const State reached = automaton_.next(path.back().first, node.byte);
    if (reached == Automaton::kDead) {
      i = node.end;
      continue;
    }
    const auto first = static_cast<size_t>(node.first_token);
    for (const text::TokenId token : trie_->tokens().subspan(first, static_cast<size_t>(node.token_count)))
      set_bit(bits, token);
    path.emplace_back(reached, node.end);
    ++i;
  }
}

TokenGrammar::State TokenGrammar::after(State state, text::TokenId token, const text::Tokenizer& tokenizer) {
  for (const char byte : tokenizer.piece(token)) state = automaton_.next(state, static_cast<uint8_t>(byte));
  return state;
}

}  // namespace auris::generate
