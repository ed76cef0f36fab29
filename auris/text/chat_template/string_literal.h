#pragma once
// The value of a quoted string in a template: Python's unicode-escape rules.

#include <string>
#include <string_view>

namespace auris::text::jinja {

// `body` is what stands between the quotes. Throws Error(kModel).
std::string unescape(std::string_view body, int line);

}  // namespace auris::text::jinja
