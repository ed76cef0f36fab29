#pragma once
// Small letters for names that machines write in either: headers, hosts. Other bytes than A to Z stay, and no
// locale counts.

#include <algorithm>
#include <string>
#include <string_view>

namespace auris {

inline char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline std::string ascii_lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return ascii_lower(c); });
  return result;
}

}  // namespace auris
