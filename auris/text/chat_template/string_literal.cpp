#include "auris/text/chat_template/string_literal.h"

#include <cstdint>

#include "auris/base/error.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/lexer.h"

namespace auris::text::jinja {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char simple_escape(char c) {
  switch (c) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case '\\':
    case '\'':
    case '"': return c;
    default: return '\0';
  }
}

// \xHH, \uHHHH, \UHHHHHHHH; `i` stands at the letter and moves behind the digits.
uint32_t hex_escape(std::string_view body, size_t& i, int line) {
  size_t count = body[i] == 'x' ? 2 : body[i] == 'u' ? 4 : 8;
  uint32_t code = 0;
  for (size_t k = 1; k <= count; ++k) {
    int digit = i + k < body.size() ? hex_digit(body[i + k]) : -1;
    if (digit < 0) fail_syntax(line, "hex digits after the escape", quoted(body.substr(i - 1, count + 2)));
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  i += count + 1;
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
    fail_syntax(line, "an escape for a character", quoted(body.substr(i - count - 2, count + 2)));
  }
  return code;
}

uint32_t octal_escape(std::string_view body, size_t& i) {
  uint32_t code = 0;
  for (size_t k = 0; k < 3 && i < body.size() && body[i] >= '0' && body[i] <= '7'; ++k, ++i) {
    code = code * 8 + static_cast<uint32_t>(body[i] - '0');
  }
  return code;
}

}  // namespace

std::string unescape(std::string_view body, int line) {
  std::string out;
  for (size_t i = 0; i < body.size();) {
    if (body[i] != '\\') {
      out += body[i++];
      continue;
    }
    char next = ++i < body.size() ? body[i] : '\0';
    if (char simple = simple_escape(next)) {
      out += simple;
      ++i;
    } else if (next == '\n') {
      ++i;  // a continued line
    } else if (next == 'x' || next == 'u' || next == 'U') {
      append_utf8(out, hex_escape(body, i, line));
    } else if (next >= '0' && next <= '7') {
      append_utf8(out, octal_escape(body, i));
    } else if (next == 'N') {
      fail_syntax(line, "a character escape by number", "\\N{...}");
    } else {
      out += '\\';  // unknown escapes stay as they are
    }
  }
  return out;
}

}  // namespace auris::text::jinja
