#pragma once
// A tokenizer.json as it lies in the file: its large tables apart, everything else as JSON.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/text/tokenizer.h"

namespace auris::text {

struct TokenizerFile {
  nlohmann::json rest;                                 // without model.vocab and model.merges
  std::vector<std::pair<std::string, TokenId>> vocab;  // "vocab": {"piece": id}
  std::vector<std::pair<std::string, double>>
      scored_pieces;  // "vocab": [["piece", score]], the place is the id
  std::vector<std::pair<std::string, std::string>> merges;  // "a b" or ["a", "b"]
};

// Throws kModel with the place of the mistake.
TokenizerFile read_tokenizer_file(std::string_view json);

}  // namespace auris::text
