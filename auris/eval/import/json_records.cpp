#include "auris/eval/import/json_records.h"

#include <algorithm>

namespace auris::eval {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

JsonRecord trimmed(std::string_view text, int64_t line) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {.text = {}, .line = line};
  line += std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  return {.text = text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin), .line = line};
}

JsonRecords lines_of(std::string_view text) {
  JsonRecords lines;
  for (; !text.empty(); ++lines.last_line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const JsonRecord record = trimmed(text.substr(0, end), lines.last_line);
    if (!record.text.empty()) lines.records.push_back(record);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Where the element that begins at `at` ends: at a comma or bracket of the list, or with the text.
size_t element_end(std::string_view text, size_t at) {
  int64_t depth = 0;
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c == '\\') ++at;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0 && c == ']') return at;
      depth = std::max<int64_t>(depth - 1, 0);
    } else if (c == ',' && depth == 0) {
      return at;
    }
  }
  return text.size();
}

JsonRecords elements_of(std::string_view text, size_t at, int64_t line) {
  JsonRecords list;
  list.open = true;
  while (list.open && at < text.size()) {
    const size_t end = element_end(text, at);
    const std::string_view element = text.substr(at, end - at);
    const JsonRecord record = trimmed(element, line);
    const bool closed = end < text.size() && text[end] == ']';
    // "[]" and "[\n]" hold nothing.
    if (!record.text.empty() || !closed || !list.records.empty()) list.records.push_back(record);
    line += std::count(element.begin(), element.end(), '\n');
    at = std::min(end + 1, text.size());
    list.open = !closed;
  }
  const JsonRecord behind = trimmed(text.substr(at), line);
  list.text_behind = behind.text.empty() ? 0 : behind.line;
  list.last_line = line;
  return list;
}

}  // namespace

JsonRecords json_records(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos || text[begin] != '[') return lines_of(text);
  const int64_t line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
  return elements_of(text, begin + 1, line);
}

}  // namespace auris::eval
