#pragma once
// Text as numbers, after Python's int() and float().

#include <cstdint>
#include <optional>
#include <string_view>

namespace auris::text::jinja {

// int(text, base); nullopt where Python raises ValueError. Throws Failure for integers beyond 64 bits.
std::optional<int64_t> parse_integer(std::string_view text, int64_t base);
// float(text).
std::optional<double> parse_real(std::string_view text);

}  // namespace auris::text::jinja
