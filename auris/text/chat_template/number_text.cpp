#include "auris/text/chat_template/number_text.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/characters.h"

namespace auris::text::jinja {
namespace {

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_space(code_point(text, 0))) text.remove_prefix(character_size(text, 0));
  while (!text.empty()) {
    size_t last = previous_character(text, text.size());
    if (!is_space(code_point(text, last))) break;
    text = text.substr(0, last);
  }
  return text;
}

// Removes the sign; true if it was a minus.
bool take_sign(std::string_view& text) {
  bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

// Underscores may stand between digits only. False if one stands elsewhere.
bool remove_underscores(std::string& text) {
  auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') continue;
    if (i == 0 || i + 1 == text.size() || !is_part(text[i - 1]) || !is_part(text[i + 1])) return false;
  }
  std::erase(text, '_');
  return true;
}

char prefix_letter(int64_t base) { return base == 16 ? 'x' : base == 8 ? 'o' : base == 2 ? 'b' : '\0'; }

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<int64_t> parse_integer(std::string_view text, int64_t base) {
  if (base != 0 && (base < 2 || base > 36)) return std::nullopt;
  text = stripped(text);
  bool negative = take_sign(text);
  char letter = text.size() > 1 && text[0] == '0' ? lowered(text[1]) : '\0';
  if (base == 0) base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
  if (letter != '\0' && letter == prefix_letter(base)) {
    text.remove_prefix(2);
    if (text.starts_with('_')) text.remove_prefix(1);
  }
  std::string digits(text);
  if (digits.empty() || !remove_underscores(digits)) return std::nullopt;
  uint64_t magnitude = 0;
  const char* end = digits.data() + digits.size();
  auto result = std::from_chars(digits.data(), end, magnitude, static_cast<int>(base));
  if (result.ptr != end) return std::nullopt;
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (result.ec != std::errc() || magnitude > kMax)
    throw Failure{"an integer that fits 64 bits", quoted(text, 40)};
  return negative ? -static_cast<int64_t>(magnitude) : static_cast<int64_t>(magnitude);
}

std::optional<double> parse_real(std::string_view text) {
  text = stripped(text);
  bool negative = take_sign(text);
  std::string digits(text);
  std::transform(digits.begin(), digits.end(), digits.begin(), lowered);
  double value = 0;
  if (digits == "inf" || digits == "infinity") {
    value = std::numeric_limits<double>::infinity();
  } else if (digits == "nan") {
    value = std::numeric_limits<double>::quiet_NaN();
  } else {
    bool starts_well = !digits.empty() && ((digits[0] >= '0' && digits[0] <= '9') || digits[0] == '.');
    if (!starts_well || !remove_underscores(digits)) return std::nullopt;
    const char* end = digits.data() + digits.size();
    auto result = std::from_chars(digits.data(), end, value);
    if (result.ptr != end) return std::nullopt;
    if (result.ec == std::errc::result_out_of_range) value = std::strtod(digits.c_str(), nullptr);
  }
  return negative ? -value : value;
}

}  // namespace auris::text::jinja
