#pragma once
// Regular-expression substitution for the text normalizers, in the style of Python's re.sub on Unicode text.

#include <string>
#include <string_view>
#include <vector>

namespace auris::text {

// `replacement` may use $1, $2 for groups. Throws kInternal if the expression is wrong: these are Auris' own.
std::string substitute(std::string_view text, std::string_view expression, std::string_view replacement);

// Whether the whole text matches.
bool matches(std::string_view text, std::string_view expression);

// The parts between matches.
std::vector<std::string> split_at(std::string_view text, std::string_view expression);

// The words between runs of white space; and what Python's str.lower() makes of a text.
std::vector<std::string> words_of(std::string_view text);
std::string lower(std::string_view text);

}  // namespace auris::text
