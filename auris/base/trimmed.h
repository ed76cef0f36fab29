#pragma once
// Texts without what stands at their ends.

#include <string_view>

namespace auris {

// The part of `text` without `blanks` at its ends; it points into `text`.
constexpr std::string_view trimmed(std::string_view text, std::string_view blanks = " \t\r\n") {
  const size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace auris
