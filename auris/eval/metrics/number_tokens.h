#pragma once
// The numbers, words and signs of an answer in English, as number_answer.h reads them. Linear in the text.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auris::eval {

struct NumberToken {
  enum class Kind : uint8_t {
    kDigits,  // 24, 1,234, 3.5, .5; not part of a word such as C4 or 1st
    kWord,    // letters a to z, with digits behind them
    kDash,    // hyphen, dash or minus
    kOther,   // another sign; every character outside ASCII
  };
  Kind kind = Kind::kOther;
  bool after_blank = false;  // white space, or nothing, stands before it
  bool decade = false;       // of kDigits: followed by s, as in 30s and 30's
  double value = 0;          // of kDigits; infinite beyond 30 digits
  std::string_view word;     // of kWord, in lower case
};

class NumberTokens {
 public:
  explicit NumberTokens(std::string_view text);

  // Valid as long as this object.
  const std::vector<NumberToken>& tokens() const { return tokens_; }

 private:
  void add_digits(size_t& at, bool after_blank);

  std::string plain_;  // ASCII, lower case
  std::vector<NumberToken> tokens_;
};

}  // namespace auris::eval
