#pragma once
// GPT-2's alphabet: each byte written as one printable character, so that byte-level BPE vocabularies are
// plain text files (0x20 is written U+0120, "Ġ"). Reference: openai/gpt-2, encoder.py, bytes_to_unicode.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace auris::text {

// The character of each byte: U+0021..U+0143.
const std::array<char32_t, 256>& byte_alphabet();

// Appends `bytes` in alphabet characters.
void append_as_byte_characters(std::string_view bytes, std::string& out);
// Appends the bytes that `characters` stand for; leaves `out` alone and returns false if one is not in the
// alphabet.
bool append_from_byte_characters(std::string_view characters, std::string& out);

}  // namespace auris::text
