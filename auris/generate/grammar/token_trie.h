#pragma once
// The tokens of a vocabulary by their bytes: those that begin alike share a path.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::generate {

class TokenTrie {
 public:
  // Special tokens and those without bytes are left out.
  explicit TokenTrie(const text::Tokenizer& tokenizer);

  // In the order of a walk: behind a node come those below it, and `end` is the first that is not below.
  struct Node {
    uint8_t byte = 0;
    int32_t end = 0;
    int32_t first_token = 0, token_count = 0;  // tokens that end here, in tokens()
  };
  std::span<const Node> nodes() const { return nodes_; }
  std::span<const text::TokenId> tokens() const { return tokens_; }
  int64_t vocab_size() const { return vocab_size_; }

 private:
  std::vector<Node> nodes_;
  std::vector<text::TokenId> tokens_;
  int64_t vocab_size_;
};

}  // namespace auris::generate
