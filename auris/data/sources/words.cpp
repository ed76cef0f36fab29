#include "auris/data/sources/words.h"

#include <algorithm>
#include <array>

#include "auris/text/language_names.h"
#include "auris/text/text_rules.h"

namespace auris::data {
namespace {

template <size_t kCount>
bool is_one_of(const std::array<std::string_view, kCount>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string gender_in(std::string_view word) {
  constexpr std::array<std::string_view, 4> kFemale{"f", "female", "woman", "female_feminine"};
  constexpr std::array<std::string_view, 4> kMale{"m", "male", "man", "male_masculine"};
  const std::string lower = text::lower(word);
  return is_one_of(kFemale, lower) ? "female" : is_one_of(kMale, lower) ? "male" : "";
}

std::string split_in(std::string_view word) {
  constexpr std::array<std::string_view, 3> kTrain{"train", "training", "tr"};
  constexpr std::array<std::string_view, 6> kDev{"dev", "devel", "valid", "validation", "val", "development"};
  constexpr std::array<std::string_view, 3> kTest{"test", "testing", "te"};
  const std::string lower = text::lower(word);
  return is_one_of(kTrain, lower)  ? "train"
         : is_one_of(kDev, lower)  ? "dev"
         : is_one_of(kTest, lower) ? "test"
                                   : lower;
}

std::string split_among(std::span<const std::string> words) {
  for (const std::string& word : words) {
    std::string split = split_in(word);
    if (split == "train" || split == "dev" || split == "test") return split;
  }
  return {};
}

std::string language_in(std::string_view word) {
  return text::language_code(word.substr(0, word.find_first_of("-_")));
}

}  // namespace auris::data
