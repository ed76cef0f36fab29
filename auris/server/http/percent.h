#pragma once
// Percent-encoding in addresses (RFC 3986).

#include <optional>
#include <string>
#include <string_view>

namespace auris::server {

// "a%20b" -> "a b"; nothing for a % without two hexadecimal digits behind it.
std::optional<std::string> percent_decoded(std::string_view text);

// The first value of that name in "a=1&b=2", decoded, + as a blank; nothing if there is none.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

}  // namespace auris::server
