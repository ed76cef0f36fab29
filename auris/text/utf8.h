#pragma once
// UTF-8 in and out. Text inside the tokenizers is always valid UTF-8: broken bytes become U+FFFD at the door,
// one for each maximal broken part (Unicode 15, section 3.9), as in Python's errors="replace" and Rust's
// from_utf8_lossy.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace auris::text {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

// What starts at text[offset]: a whole character, a broken part of `length` bytes, or (only at the end of the
// text) a part that more bytes could complete.
struct Utf8Part {
  enum class Kind { kCharacter, kBroken, kIncomplete };
  Kind kind = Kind::kBroken;
  char32_t code = kReplacementCharacter;
  size_t length = 1;
};
Utf8Part utf8_part(std::string_view text, size_t offset);

bool is_valid_utf8(std::string_view text);
// `text` with each broken part replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);

void append_utf8(char32_t code, std::string& out);

// The character at text[offset] of valid UTF-8, and its length in bytes.
struct Character {
  char32_t code = 0;
  size_t length = 1;
};
Character character_at(std::string_view valid_text, size_t offset);
// The character that ends at text[end - 1] of valid UTF-8; end > 0.
Character character_before(std::string_view valid_text, size_t end);

// Unicode White_Space, and the general categories Nd, Nl, No.
bool is_white_space(char32_t code);
bool is_numeric(char32_t code);
// Nd alone.
bool is_decimal_digit(char32_t code);

}  // namespace auris::text
