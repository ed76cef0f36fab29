#pragma once
// Parts of Python's str and re that scripts of others rely on: to score as they do. Texts are valid UTF-8.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace auris::eval::python {

// str.isspace() of one character, which is also what \s means.
bool is_space(char32_t code);
// str.strip()
std::string_view strip(std::string_view text);
// re.sub(r"\s\s+", " ", text)
std::string single_spaces(std::string_view text);
// Decimal digits of all scripts as 0 to 9, which is how int(), float() and \d read them.
std::string ascii_digits(std::string_view text);

// int(text) and float(text) of a text without white space at its ends, digits in ASCII; nothing for a
// ValueError and for nan. Integers beyond 2^53 are rounded, those beyond what a double holds nothing.
std::optional<double> to_int(std::string_view text);
std::optional<double> to_float(std::string_view text);
// round(): halves to the even neighbour.
double round(double value);

// re.findall(r"\d+", text) or, with decimals, r"\d+\.?\d*"; digits in ASCII. At most `limit`.
std::vector<std::string_view> find_numbers(std::string_view text, bool decimals, size_t limit);

}  // namespace auris::eval::python
