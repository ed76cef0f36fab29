#include "auris/generate/grammar/token_trie.h"

#include <algorithm>
#include <string>
#include <utility>

namespace auris::generate {

TokenTrie::TokenTrie(const text::Tokenizer& tokenizer) : vocab_size_(tokenizer.vocab_size()) {
  std::vector<std::pair<std::string, text::TokenId>> pieces;
  for (text::TokenId id = 0; id < vocab_size_; ++id) {
    if (tokenizer.is_special(id)) continue;
    std::string piece = tokenizer.piece(id);
    if (!piece.empty()) pieces.emplace_back(std::move(piece), id);
  }
  std::ranges::sort(pieces);
  std::vector<int32_t> path;  // the nodes of the last piece
  std::string_view last;
  const auto leave = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back())
      nodes_[static_cast<size_t>(path.back())].end = static_cast<int32_t>(nodes_.size());
  };
  for (const auto& [piece, id] : pieces) {
    const size_t common = static_cast<size_t>(std::ranges::mismatch(last, piece).in1 - last.begin());
    leave(common);
    for (size_t i = common; i < piece.size(); ++i) {
      path.push_back(static_cast<int32_t>(nodes_.size()));
      nodes_.push_back({.byte = static_cast<uint8_t>(piece[i])});
    }
    Node& node = nodes_[static_cast<size_t>(path.back())];
    if (node.token_count++ == 0) node.first_token = static_cast<int32_t>(tokens_.size());
    tokens_.push_back(id);
    last = piece;
  }
  leave(0);
}

}  // namespace auris::generate
