#pragma once
// How text is cut into words before the model sees it. Reference: the pre-tokenizers of the Hugging Face
// tokenizers library, of the same names.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auris/text/pattern.h"

namespace auris::text {

// The words of one text: views into it, or into strings that a step made.
struct Words {
  std::vector<std::string_view> views;
  std::deque<std::string> owned;
  bool at_text_begin = false;  // the first word begins the whole text (Metaspace's prepend scheme "first")

  std::string_view keep(std::string made) { return owned.emplace_back(std::move(made)); }
};

class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  virtual void split(Words& words) const = 0;
};
using PreTokenizers = std::vector<std::unique_ptr<const PreTokenizer>>;

// What happens to the delimiters that a pattern finds.
enum class Delimiter { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

std::unique_ptr<const PreTokenizer> split_by(Pattern pattern, Delimiter delimiter, bool invert);
std::unique_ptr<const PreTokenizer> split_digits(bool individual);
std::unique_ptr<const PreTokenizer> split_punctuation(Delimiter delimiter);
// "\w+|[^\w\s]+" are the words, the rest is dropped; and runs without white space.
std::unique_ptr<const PreTokenizer> split_whitespace_and_punctuation();
std::unique_ptr<const PreTokenizer> split_whitespace();

// GPT-2's: a space before text that does not begin with one, and its regular expression. The change into the
// byte alphabet is a step of its own, which a byte-level model does not need.
std::unique_ptr<const PreTokenizer> byte_level(bool add_prefix_space, bool use_regex);
std::unique_ptr<const PreTokenizer> into_byte_alphabet();

enum class Prepend { kNever, kFirst, kAlways };
std::unique_ptr<const PreTokenizer> metaspace(std::string replacement, Prepend prepend, bool split);

}  // namespace auris::text
