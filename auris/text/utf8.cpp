#include "auris/text/utf8.h"

#include <utf8proc.h>

namespace auris::text {
namespace {

uint8_t byte_at(std::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

// The smallest and largest second byte that may follow a first byte (Unicode 15, table 3-7), and the length.
struct LeadByte {
  size_t length = 0;  // 0: cannot start a character
  uint8_t second_min = 0x80;
  uint8_t second_max = 0xBF;
};

LeadByte lead_byte(uint8_t first) {
  if (first >= 0xC2 && first <= 0xDF) return {2};
  if (first == 0xE0) return {3, 0xA0, 0xBF};
  if (first == 0xED) return {3, 0x80, 0x9F};
  if (first >= 0xE1 && first <= 0xEF) return {3};
  if (first == 0xF0) return {4, 0x90, 0xBF};
  if (first >= 0xF1 && first <= 0xF3) return {4};
  if (first == 0xF4) return {4, 0x80, 0x8F};
  return {0};
}

}  // namespace

Utf8Part utf8_part(std::string_view text, size_t offset) {
  const uint8_t first = byte_at(text, offset);
  if (first < 0x80) return {Utf8Part::Kind::kCharacter, first, 1};
  const LeadByte lead = lead_byte(first);
  if (lead.length == 0) return {};
  char32_t code = first & (0x7Fu >> lead.length);
  for (size_t i = 1; i < lead.length; ++i) {
    if (offset + i == text.size()) return {Utf8Part::Kind::kIncomplete, kReplacementCharacter, i};
    const uint8_t next = byte_at(text, offset + i);
    const uint8_t low = i == 1 ? lead.second_min : 0x80;
    const uint8_t high = i == 1 ? lead.second_max : 0xBF;
    if (next < low || next > high) return {Utf8Part::Kind::kBroken, kReplacementCharacter, i};
    code = (code << 6) | (next & 0x3Fu);
  }
  return {Utf8Part::Kind::kCharacter, code, lead.length};
}

bool is_valid_utf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    if (byte_at(text, i) < 0x80) {
      ++i;
      continue;
    }
    const Utf8Part part = utf8_part(text, i);
    if (part.kind != Utf8Part::Kind::kCharacter) return false;
    i += part.length;
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const Utf8Part part = utf8_part(text, i);
    if (part.kind == Utf8Part::Kind::kCharacter) {
      out.append(text.substr(i, part.length));
    } else {
      append_utf8(kReplacementCharacter, out);
    }
    i += part.length;
  }
  return out;
}

void append_utf8(char32_t code, std::string& out) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

Character character_at(std::string_view valid_text, size_t offset) {
  const Utf8Part part = utf8_part(valid_text, offset);
  return {part.code, part.length};
}

Character character_before(std::string_view valid_text, size_t end) {
  size_t begin = end - 1;
  while (begin > 0 && end - begin < 4 && (byte_at(valid_text, begin) & 0xC0) == 0x80) --begin;
  return character_at(valid_text.substr(0, end), begin);
}

bool is_white_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
         code == 0x205F || code == 0x3000;
}

bool is_numeric(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9';
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_NL ||
         category == UTF8PROC_CATEGORY_NO;
}

bool is_decimal_digit(char32_t code) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(code)) == UTF8PROC_CATEGORY_ND;
}

}  // namespace auris::text
