#pragma once
// Text of others in Markdown.

#include <string>
#include <string_view>

namespace auris::text {

// For a line or a cell of a table: what Markdown or HTML would read gets a backslash, line ends become
// blanks, broken UTF-8 U+FFFD.
std::string markdown_text(std::string_view text);

// A block that shows `content` as it is, whatever it holds. `language` names its kind ("toml").
std::string markdown_block(std::string_view content, std::string_view language);

}  // namespace auris::text
