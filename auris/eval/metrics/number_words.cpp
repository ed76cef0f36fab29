#include "auris/eval/metrics/number_words.h"

#include <cmath>

#include "auris/text/english_number_words.h"

namespace auris::eval {
namespace {

using Tokens = std::span<const NumberToken>;
using Kind = text::NumberWord::Kind;
using text::NumberWord;

constexpr int kLargestPower = 9;

std::string_view word(Tokens tokens, size_t at) {
  const bool is_word = at < tokens.size() && tokens[at].kind == NumberToken::Kind::kWord;
  return is_word ? tokens[at].word : std::string_view();
}

const NumberWord* number_word(Tokens tokens, size_t at) {
  const std::string_view text = word(tokens, at);
  if (text.empty()) return nullptr;
  const auto& words = text::english_number_words();
  const auto found = words.find(text);
  return found == words.end() ? nullptr : &found->second;
}

std::optional<int> digit(Tokens tokens, size_t at) {
  const NumberWord* found = number_word(tokens, at);
  const bool fits = found != nullptr && (found->kind == Kind::kZero || found->kind == Kind::kOnes);
  return fits && found->value < 10 ? std::optional(found->value) : std::nullopt;
}

std::optional<NumberPhrase> below_hundred(Tokens tokens, size_t at) {
  const NumberWord* first = number_word(tokens, at);
  if (first == nullptr) return std::nullopt;
  NumberPhrase phrase{.value = static_cast<double>(first->value), .end = at + 1};
  if (first->kind == Kind::kZero || first->kind == Kind::kOnes) return phrase;
  phrase.decade = first->kind == Kind::kTensEnding && first->ending == "s";
  if (phrase.decade) return phrase;
  if (first->kind != Kind::kTens) return std::nullopt;
  const bool dash = at + 1 < tokens.size() && tokens[at + 1].kind == NumberToken::Kind::kDash;
  const size_t next = dash ? at + 2 : at + 1;
  if (const std::optional<int> ones = digit(tokens, next); ones && *ones > 0) {
    phrase.value += *ones;
    phrase.end = next + 1;
  }
  return phrase;
}

std::optional<NumberPhrase> below_thousand(Tokens tokens, size_t at) {
  std::optional<NumberPhrase> phrase = below_hundred(tokens, at);
  if (phrase && phrase->decade) return phrase;
  const size_t hundred = phrase ? phrase->end : at;
  if (power_of_ten(tokens, hundred) != 100) return phrase;
  phrase = NumberPhrase{.value = 100 * (phrase ? phrase->value : 1), .end = hundred + 1};
  const size_t next = word(tokens, phrase->end) == "and" ? phrase->end + 1 : phrase->end;
  const std::optional<NumberPhrase> rest = below_hundred(tokens, next);
  if (rest && !rest->decade) {
    phrase->value += rest->value;
    phrase->end = rest->end;
  }
  return phrase;
}

// "three point one four"
void add_decimals(Tokens tokens, NumberPhrase& phrase) {
  if (word(tokens, phrase.end) != "point") return;
  size_t place = phrase.end + 1;
  double unit = 1;
  while (const std::optional<int> next = digit(tokens, place)) {
    unit /= 10;
    phrase.value += unit * *next;
    phrase.end = ++place;
    phrase.vague = false;
  }
}

}  // namespace

std::optional<double> power_of_ten(Tokens tokens, size_t at) {
  const NumberWord* found = number_word(tokens, at);
  const bool fits = found != nullptr && found->kind == Kind::kPower && found->value <= kLargestPower;
  return fits ? std::optional(std::pow(10.0, found->value)) : std::nullopt;
}

std::optional<NumberPhrase> number_in_words(Tokens tokens, size_t at) {
  NumberPhrase phrase{.value = 0, .end = at};
  double limit = std::pow(10.0, kLargestPower + 1);  // millions come before thousands
  for (size_t place = at;;) {
    std::optional<NumberPhrase> group = below_thousand(tokens, place);
    if (!group && place == at) group = NumberPhrase{.value = 1, .end = at};  // "a thousand"
    if (group && group->decade && place == at) return group;
    if (!group || group->decade) break;
    const std::optional<double> power = power_of_ten(tokens, group->end);
    if (!power || *power >= limit) {
      if (group->end == at) return std::nullopt;
      phrase.value += group->value;
      phrase.end = group->end;
      break;
    }
    limit = *power;
    phrase.value += group->value * *power;
    phrase.end = group->end + 1;
    place = word(tokens, phrase.end) == "and" ? phrase.end + 1 : phrase.end;
  }
  phrase.vague = phrase.end == at + 1 && phrase.value < 10;
  add_decimals(tokens, phrase);
  return phrase;
}

}  // namespace auris::eval
