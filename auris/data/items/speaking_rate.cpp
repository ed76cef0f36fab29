#include "auris/data/items/speaking_rate.h"

#include <algorithm>

#include "auris/text/text_rules.h"

namespace auris::data {

std::optional<std::string> speaking_rate_of(const Clip& clip) {
  constexpr double kMedium = 10, kFast = 13, kBeyondSpeech = 25;  // letters a second
  constexpr int64_t kFewLetters = 15;
  const std::string letters = text::substitute(clip.text, R"([^\p{L}\p{N}]+)", "");
  if (text::substitute(letters, R"(\p{N})", "") != letters || clip.duration_s <= 0) return std::nullopt;
  const auto begins_character = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  const int64_t count = std::count_if(letters.begin(), letters.end(), begins_character);
  const double rate = static_cast<double>(count) / clip.duration_s;
  if (count < kFewLetters || rate > kBeyondSpeech) return std::nullopt;
  return rate < kMedium ? "slow" : rate < kFast ? "medium" : "fast";
}

}  // namespace auris::data
