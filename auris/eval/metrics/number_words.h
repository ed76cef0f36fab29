#pragma once
// English numbers in words, below a million millions: "twenty-four", "a hundred and five", "two thousand".

#include <cstddef>
#include <optional>
#include <span>

#include "auris/eval/metrics/number_tokens.h"

namespace auris::eval {

struct NumberPhrase {
  double value = 0;
  size_t end = 0;       // the token behind it
  bool decade = false;  // "thirties"; the value is 30
  bool vague = false;   // a word below ten alone, as in "this one"
};

// The number that begins with token `at`.
std::optional<NumberPhrase> number_in_words(std::span<const NumberToken> tokens, size_t at);

// 100 for "hundred", up to a thousand million.
std::optional<double> power_of_ten(std::span<const NumberToken> tokens, size_t at);

}  // namespace auris::eval
