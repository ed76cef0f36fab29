#pragma once
// strftime with English names, whatever the process's locale.

#include <ctime>
#include <string>
#include <string_view>

namespace auris::text::jinja {

// Throws Failure for a conversion it does not know and for formats over 256 bytes.
std::string date_text(std::string_view format, const std::tm& time);

}  // namespace auris::text::jinja
