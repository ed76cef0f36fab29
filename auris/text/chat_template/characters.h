#pragma once
// Python's view of characters, over UTF-8: code points, white space, case mapping and repr(). A byte that is
// no valid UTF-8 counts as one character and is left as it is.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/sourced_text.h"

namespace auris::text::jinja {

// Bytes of the character that begins at `offset`; offset < text.size().
size_t character_size(std::string_view text, size_t offset);
// Its code point, or -1 for an invalid byte.
int32_t code_point(std::string_view text, size_t offset);
size_t count_characters(std::string_view text);
// Byte offset of character `index`; text.size() if there are not so many.
size_t offset_of(std::string_view text, size_t index);
// The start of the character that ends at `end` > 0.
size_t previous_character(std::string_view text, size_t end);
void append_utf8(std::string& out, uint32_t code);

bool is_space(int32_t code);       // str.isspace
bool is_line_break(int32_t code);  // str.splitlines
bool is_cased(int32_t code);
bool is_upper(int32_t code);
bool is_lower(int32_t code);
bool is_letter(int32_t code);   // str.isalpha
bool is_decimal(int32_t code);  // str.isdecimal

enum class Case { kUpper, kLower, kTitle };
// The full mapping of one character: may be several ("ß" -> "SS"). `before` and `after` matter for the final
// sigma.
std::string mapped(int32_t code, Case target);
// str.upper, str.lower; kTitle is str.title.
SourcedText map_case(const SourcedText& text, Case target, Budget& budget);
// str.capitalize.
SourcedText capitalize(const SourcedText& text, Budget& budget);

// repr() of a string: quotes and escapes.
void append_repr(const SourcedText& text, TextBuilder& out);
// repr() of a float: the shortest digits that read back.
std::string real_text(double value);

}  // namespace auris::text::jinja
