#pragma once
// Spelled-out English numbers into digits: "twenty one" -> "21", "one oh one" -> "101", "two million dollars"
// ->
// "$2000000", "fifty percent" -> "50%"; "274th" and "1960s" keep their endings. Reference:
// EnglishNumberNormalizer of openai/whisper (MIT); the rules are the same, oddities included, because error
// rates must compare.

#include <string>
#include <string_view>

namespace auris::text {

// `text` is lower case, words separated by white space.
std::string digits_for_english_numbers(std::string_view text);

}  // namespace auris::text
