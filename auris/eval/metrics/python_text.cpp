#include "auris/eval/metrics/python_text.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "auris/text/utf8.h"

namespace auris::eval::python {
namespace {

constexpr size_t kMaxIntDigits = 4300;  // sys.int_info.default_max_str_digits

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_sign(char c) { return c == '+' || c == '-'; }

// Without the single underscores that may stand between digits; nothing if one stands elsewhere.
std::optional<std::string> without_underscores(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out += text[i];
    } else if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return std::nullopt;
    }
  }
  return out;
}

// The value of all of the text, without sign; infinite if it is too large.
std::optional<double> parsed(std::string_view text) {
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ptr != text.data() + text.size() || std::isnan(value)) return std::nullopt;
  if (result.ec != std::errc::result_out_of_range) return value;
  return text.find("e-") == std::string_view::npos ? std::numeric_limits<double>::infinity() : 0.0;
}

}  // namespace

bool is_space(char32_t code) { return text::is_white_space(code) || (code >= 0x1C && code <= 0x1F); }

std::string_view strip(std::string_view text) {
  while (!text.empty()) {
    const text::Character first = text::character_at(text, 0);
    if (!is_space(first.code)) break;
    text.remove_prefix(first.length);
  }
  while (!text.empty()) {
    const text::Character last = text::character_before(text, text.size());
    if (!is_space(last.code)) break;
    text.remove_suffix(last.length);
  }
  return text;
}

std::string single_spaces(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    size_t spaces = 0;
    while (end < text.size()) {
      const text::Character character = text::character_at(text, end);
      if (!is_space(character.code)) break;
      end += character.length;
      ++spaces;
    }
    if (spaces == 0) end = at + text::character_at(text, at).length;
    out += spaces > 1 ? std::string_view(" ") : text.substr(at, end - at);
    at = end;
  }
  return out;
}

std::string ascii_digits(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const text::Character character = text::character_at(text, at);
    if (character.code >= 0x80 && text::is_decimal_digit(character.code)) {
      // Unicode keeps the digits 0 to 9 of a script side by side; some runs hold several sets of them.
      char32_t zero = character.code;
      while (text::is_decimal_digit(zero - 1)) --zero;
      out += static_cast<char>('0' + (character.code - zero) % 10);
    } else {
      out += text.substr(at, character.length);
    }
    at += character.length;
  }
  return out;
}

std::optional<double> to_int(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (!text.empty() && is_sign(text[0])) text.remove_prefix(1);
  const std::optional<std::string> digits = without_underscores(text);
  if (!digits || digits->empty() || digits->size() > kMaxIntDigits) return std::nullopt;
  for (char c : *digits) {
    if (!is_digit(c)) return std::nullopt;
  }
  const std::optional<double> value = parsed(*digits);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return negative ? -*value : *value;
}

std::optional<double> to_float(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (!text.empty() && is_sign(text[0])) text.remove_prefix(1);
  std::optional<std::string> digits = without_underscores(text);
  if (!digits || digits->empty() || is_sign((*digits)[0])) return std::nullopt;
  for (char& c : *digits) {
    if (c == 'E') c = 'e';
  }
  const std::optional<double> value = parsed(*digits);
  return value && negative ? std::optional(-*value) : value;
}

double round(double value) {
  const double below = std::floor(value);
  const double rest = value - below;
  if (rest != 0.5) return rest < 0.5 ? below : below + 1;
  return std::fmod(below, 2) == 0 ? below : below + 1;
}

std::vector<std::string_view> find_numbers(std::string_view text, bool decimals, size_t limit) {
  std::vector<std::string_view> numbers;
  for (size_t at = 0; at < text.size() && numbers.size() < limit;) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    const size_t begin = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (decimals && at < text.size() && text[at] == '.') {
      ++at;
      while (at < text.size() && is_digit(text[at])) ++at;
    }
    numbers.push_back(text.substr(begin, at - begin));
  }
  return numbers;
}

}  // namespace auris::eval::python
