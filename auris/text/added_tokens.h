#pragma once
// Tokens that are recognised as whole strings before anything else happens to the text: control marks and
// other additions to a vocabulary. Reference: AddedVocabulary of the Hugging Face tokenizers library.
//
// They are recognised in trusted text only. The one exception are tokens that are not special and consist of
// white space alone (runs of spaces or line breaks in Gemma, Phi or StarCoder): they mark nothing, so they
// are ordinary text.

#include <string>
#include <string_view>
#include <vector>

#include "auris/text/prefix_index.h"
#include "auris/text/tokenizer.h"

namespace auris::text {

struct AddedToken {
  std::string content;
  TokenId id = -1;
  bool special = false;
  bool single_word = false;  // only where no word character touches it
  bool left_strip = false;   // swallows white space before it
  bool right_strip = false;  // and after it
  bool normalized = false;   // looked for in normalized text
};

// A stretch of text that is one added token (id >= 0) or ordinary text.
struct Stretch {
  size_t begin = 0;
  size_t end = 0;
  TokenId id = -1;
};

class AddedTokenMatcher {
 public:
  explicit AddedTokenMatcher(std::vector<AddedToken> tokens);

  AddedTokenMatcher(const AddedTokenMatcher&) = delete;  // the indices point into tokens_
  AddedTokenMatcher& operator=(const AddedTokenMatcher&) = delete;

  bool empty() const { return tokens_.empty(); }
  // Cuts `text` at the leftmost longest tokens that lie within one of the `trusted` ranges (sorted,
  // disjoint).
  std::vector<Stretch> cut(std::string_view text, const std::vector<MarkedText::Range>& trusted) const;

 private:
  const AddedToken* longest_at(std::string_view text, bool trusted) const;

  std::vector<AddedToken> tokens_;
  PrefixIndex all_;
  PrefixIndex layout_;  // those recognised in untrusted text too
};

// True for a token that is recognised in untrusted text.
bool is_layout(const AddedToken& token);

}  // namespace auris::text
