#include "auris/text/english_number_words.h"

#include <utility>

namespace auris::text {
namespace {

using Kind = NumberWord::Kind;
using NumberWords = std::map<std::string, NumberWord, std::less<>>;

void add_ones(NumberWords& words) {
  constexpr std::string_view kNames[] = {"one",     "two",       "three",    "four",     "five",
                                         "six",     "seven",     "eight",    "nine",     "ten",
                                         "eleven",  "twelve",    "thirteen", "fourteen", "fifteen",
                                         "sixteen", "seventeen", "eighteen", "nineteen"};
  int value = 0;
  for (const std::string_view view : kNames) {
    const std::string name(view);
    ++value;
    words[name] = {Kind::kOnes, value, ""};
    words[name == "six" ? "sixes" : name + "s"] = {Kind::kOnesEnding, value, "s"};
    if (value > 3 && value != 5 && value != 12) {
      words[name + (name.back() == 't' ? "h" : "th")] = {Kind::kOnesEnding, value, "th"};
    }
  }
  words["zeroth"] = {Kind::kOnesEnding, 0, "th"};
  words["first"] = {Kind::kOnesEnding, 1, "st"};
  words["second"] = {Kind::kOnesEnding, 2, "nd"};
  words["third"] = {Kind::kOnesEnding, 3, "rd"};
  words["fifth"] = {Kind::kOnesEnding, 5, "th"};
  words["twelfth"] = {Kind::kOnesEnding, 12, "th"};
}

void add_tens(NumberWords& words) {
  constexpr std::string_view kStems[] = {"twent", "thirt",  "fort",  "fift",
                                         "sixt",  "sevent", "eight", "ninet"};
  int value = 10;
  for (const std::string_view view : kStems) {
    const std::string stem(view);
    value += 10;
    words[stem + "y"] = {Kind::kTens, value, ""};
    words[stem + "ies"] = {Kind::kTensEnding, value, "s"};
    words[stem + "ieth"] = {Kind::kTensEnding, value, "th"};
  }
}

void add_powers(NumberWords& words) {
  constexpr std::pair<std::string_view, int> kPowers[] = {
      {"hundred", 2},     {"thousand", 3},     {"million", 6},      {"billion", 9},
      {"trillion", 12},   {"quadrillion", 15}, {"quintillion", 18}, {"sextillion", 21},
      {"septillion", 24}, {"octillion", 27},   {"nonillion", 30},   {"decillion", 33}};
  for (const auto& [view, zeros] : kPowers) {
    const std::string name(view);
    words[name] = {Kind::kPower, zeros, ""};
    words[name + "s"] = {Kind::kPowerEnding, zeros, "s"};
    words[name + "th"] = {Kind::kPowerEnding, zeros, "th"};
  }
}

void add_signs(NumberWords& words) {
  for (const char* name : {"minus", "negative"}) words[name] = {Kind::kSign, 0, "-"};
  for (const char* name : {"plus", "positive"}) words[name] = {Kind::kSign, 0, "+"};
  for (const char* name : {"pound", "pounds"}) words[name] = {Kind::kCurrency, 0, "£"};
  for (const char* name : {"euro", "euros"}) words[name] = {Kind::kCurrency, 0, "€"};
  for (const char* name : {"dollar", "dollars"}) words[name] = {Kind::kCurrency, 0, "$"};
  for (const char* name : {"cent", "cents"}) words[name] = {Kind::kCurrency, 0, "¢"};
  for (const char* name : {"per", "percent"}) words[name] = {Kind::kPercent, 0, "%"};
  for (const char* name : {"and", "double", "triple", "point"}) words[name] = {Kind::kSpecial, 0, ""};
  for (const char* name : {"o", "oh", "zero"}) words[name] = {Kind::kZero, 0, ""};
}

}  // namespace

const NumberWords& english_number_words() {
  static const NumberWords kWords = [] {
    NumberWords words;
    add_ones(words);
    add_tens(words);
    add_powers(words);
    add_signs(words);
    return words;
  }();
  return kWords;
}

}  // namespace auris::text
