#pragma once
// A template's source as tokens. White space control works as in jinja2 with trim_blocks and lstrip_blocks
// set and keep_trailing_newline unset, the way transformers sets them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace auris::text::jinja {

enum class TokenKind {
  kText,           // template text outside tags
  kBlockBegin,     // {%
  kBlockEnd,       // %}
  kVariableBegin,  // {{
  kVariableEnd,    // }}
  kName,
  kString,  // text = the value, escapes resolved
  kInteger,
  kFloat,
  kOperator,
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  int line = 1;
  std::string text;
  int64_t integer = 0;
  double real = 0;
};

// Throws Error(kModel). The last token is kEnd.
std::vector<Token> tokenize(std::string_view source);

// Throws Error(kModel) for a template that cannot be read.
[[noreturn]] void fail_syntax(int line, std::string expected, std::string got);

}  // namespace auris::text::jinja
