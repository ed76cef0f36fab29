#include "auris/text/markdown_text.h"

#include <algorithm>

#include "auris/text/utf8.h"

namespace auris::text {

std::string markdown_text(std::string_view text) {
  std::string out;
  for (const char c : to_valid_utf8(text)) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (std::string_view("\\|<>*_`[]#&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string markdown_block(std::string_view content, std::string_view language) {
  const std::string text = to_valid_utf8(content);
  size_t longest = 2, run = 0;  // a fence is longer than every run of its mark inside
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fence + std::string(language) + "\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

}  // namespace auris::text
