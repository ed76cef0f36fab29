#include "auris/eval/metrics/number_tokens.h"

#include <charconv>
#include <limits>

#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

constexpr size_t kMaxDigits = 30;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_word(char c) { return is_letter(c) || is_digit(c); }

char plain_of(char32_t code) {
  if (code >= 0xFF10 && code <= 0xFF19) return static_cast<char>('0' + (code - 0xFF10));  // full-width digits
  if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xFF0D) return '-';
  if (code == 0x2019) return '\'';
  return text::is_white_space(code) ? ' ' : '*';
}

std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      ++at;
      continue;
    }
    const text::Utf8Part part = text::utf8_part(text, at);
    out += plain_of(part.code);
    at += part.length;
  }
  return out;
}

// Commas between groups of three digits: 1,234,567.
bool is_thousands_comma(std::string_view text, size_t at) {
  if (text[at] != ',') return false;
  for (size_t i = 1; i <= 3; ++i) {
    if (at + i >= text.size() || !is_digit(text[at + i])) return false;
  }
  return at + 4 >= text.size() || !is_digit(text[at + 4]);
}

}  // namespace

NumberTokens::NumberTokens(std::string_view text) : plain_(plain(text)) {
  const std::string_view all = plain_;
  bool after_blank = true;
  for (size_t at = 0; at < all.size();) {
    const char c = all[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      after_blank = true;
      ++at;
      continue;
    }
    const bool point = c == '.' && at + 1 < all.size() && is_digit(all[at + 1]);
    if (is_digit(c) || (point && after_blank)) {
      add_digits(at, after_blank);
    } else if (is_letter(c)) {
      const size_t begin = at;
      while (at < all.size() && is_word(all[at])) ++at;
      tokens_.push_back({.kind = NumberToken::Kind::kWord,
                         .after_blank = after_blank,
                         .word = all.substr(begin, at - begin)});
    } else {
      const bool dash = c == '-';
      tokens_.push_back({.kind = dash ? NumberToken::Kind::kDash : NumberToken::Kind::kOther,
                         .after_blank = after_blank,
                         .word = {}});
      ++at;
    }
    after_blank = false;
  }
}

void NumberTokens::add_digits(size_t& at, bool after_blank) {
  const std::string_view all = plain_;
  const size_t begin = at;
  std::string digits;
  size_t count = 0;
  bool groups = true;
  while (at < all.size()) {
    const bool point = all[at] == '.' && groups && at + 1 < all.size() && is_digit(all[at + 1]);
    if (is_digit(all[at]) || point) {
      groups = groups && !point;
      if (++count <= kMaxDigits) digits += all[at];
    } else if (!(groups && at - begin >= 1 && count <= kMaxDigits && is_thousands_comma(all, at))) {
      break;
    }
    ++at;
  }
  NumberToken token{.kind = NumberToken::Kind::kDigits, .after_blank = after_blank, .word = {}};
  token.value = std::numeric_limits<double>::infinity();
  if (count <= kMaxDigits) std::from_chars(digits.data(), digits.data() + digits.size(), token.value);

  size_t end = at;
  while (end < all.size() && is_word(all[end])) ++end;
  std::string_view ending = all.substr(at, end - at);
  if (ending.empty() && all.substr(at, 2) == "'s" && (at + 2 == all.size() || !is_word(all[at + 2]))) {
    ending = all.substr(at + 1, 1);
    end = at + 2;
  }
  token.decade = ending == "s";
  const bool ordinal = ending == "st" || ending == "nd" || ending == "rd" || ending == "th";
  if (token.decade || ordinal) at = end;
  if (ordinal) token.kind = NumberToken::Kind::kOther;
  tokens_.push_back(token);
}

}  // namespace auris::eval
