#pragma once
// The words of English numbers. Source: openai/whisper, EnglishNumberNormalizer.

#include <map>
#include <string>
#include <string_view>

namespace auris::text {

struct NumberWord {
  enum class Kind {
    kZero,
    kOnes,         // one .. nineteen
    kOnesEnding,   // first, fives
    kTens,         // twenty .. ninety
    kTensEnding,   // twentieth, twenties
    kPower,        // hundred, thousand ... decillion: value is the number of zeros
    kPowerEnding,  // hundredth, millions
    kSign,         // minus: ending is "-"
    kCurrency,     // dollars: ending is "$", put before the number
    kPercent,      // percent, per
    kSpecial,      // and, double, triple, point
  };
  Kind kind = Kind::kZero;
  int value = 0;
  std::string ending;  // "th", "s", or a sign
};

const std::map<std::string, NumberWord, std::less<>>& english_number_words();

}  // namespace auris::text
