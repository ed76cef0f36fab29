#pragma once
// A text as answers are compared with labels: letters folded (Unicode case folding, compatibility forms such
// as full-width letters opened, invisible characters dropped), every run of white space, dashes and low lines
// one blank, none at the ends. Broken UTF-8 becomes U+FFFD. Time is linear in the text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auris::eval {

// Its memory is used again from one text to the next.
struct FoldedText {
  enum class Part : uint8_t {
    kOther,      // blank, punctuation
    kSymbol,     // such as plus or percent: no part of a word, but of what a text says
    kWord,       // letter or number; point or comma between two digits
    kWordAlone,  // letter of a script that is written without blanks: a word may end behind each
  };
  struct Byte {
    Part part = Part::kOther;
    bool begins = true;  // a character with its marks
  };

  std::string text;
  std::vector<Byte> bytes;  // one for each byte of `text`

  // Whether no word spans `place`, 0 .. text.size(). An apostrophe ends a word: "man's" begins with "man".
  bool breaks_at(size_t place) const;
};

void fold(std::string_view text, FoldedText& folded);
// The folded text without punctuation and blanks at its ends: the same for " Ten a.m. " and "ten a.m".
std::string folded_words(std::string_view text);

}  // namespace auris::eval
