#pragma once
// RFC 4648 base64.

#include <string>
#include <string_view>

namespace auris::text {

// Throws kModel for anything but base64 with its padding.
std::string from_base64(std::string_view text);
// With padding.
std::string to_base64(std::string_view bytes);

}  // namespace auris::text
