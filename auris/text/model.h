#pragma once
// The part of a tokenizer that turns one pre-tokenized word into ids.

#include <memory>
#include <string_view>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::text {

// A word longer than this is cut (before a space or a U+2581 if there is one, else between two characters)
// and encoded in parts, which bounds the memory and time of hostile input. The reference does not cut;
// ordinary text never gets here.
inline constexpr size_t kMaxWordBytes = size_t{1} << 20;

class Model {
 public:
  virtual ~Model() = default;
  // Appends the ids of `word`: valid UTF-8, never empty, at most kMaxWordBytes.
  virtual void encode(std::string_view word, std::vector<TokenId>& out) const = 0;
};

// Calls encode for the parts of a word of any length.
void encode_in_parts(const Model& model, std::string_view word, std::vector<TokenId>& out);

}  // namespace auris::text
