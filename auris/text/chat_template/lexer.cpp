#include "auris/text/chat_template/lexer.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/chat_template/characters.h"
#include "auris/text/chat_template/string_literal.h"

namespace auris::text::jinja {
namespace {

// Line ends become \n; one at the very end is dropped.
std::string normalized(std::string_view source) {
  std::string out;
  out.reserve(source.size());
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      out += '\n';
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      out += source[i];
    }
  }
  if (!out.empty() && out.back() == '\n') out.pop_back();
  return out;
}

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

class Lexer {
 public:
  explicit Lexer(std::string_view source) : source_(normalized(source)) {}

  std::vector<Token> run() {
    while (pos_ < source_.size()) lex_root();
    add(TokenKind::kEnd, "");
    return std::move(tokens_);
  }

 private:
  std::string_view view() const { return source_; }
  bool starts_with(std::string_view text) const { return view().substr(pos_).starts_with(text); }
  char at(size_t pos) const { return pos < source_.size() ? source_[pos] : '\0'; }

  void add(TokenKind kind, std::string text) { tokens_.push_back({kind, line_, std::move(text), 0, 0}); }

  void advance_to(size_t pos) {
    line_ += static_cast<int>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(pos_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(pos), '\n'));
    pos_ = pos;
  }

  size_t skip_space(size_t pos) const {
    while (pos < source_.size() && is_space(code_point(source_, pos))) pos += character_size(source_, pos);
    return pos;
  }

  // Text up to a tag at `end`, stripped as the tag's sign and kind ask.
  void add_text(size_t begin, size_t end, char sign, bool is_variable) {
    size_t stop = end;
    if (sign == '-') {
      stop = space_begin(begin, end);
    } else if (sign != '+' && !is_variable) {
      size_t newline = end > begin ? view().substr(begin, end - begin).rfind('\n') : std::string_view::npos;
      size_t line_begin = newline == std::string_view::npos ? begin : begin + newline + 1;
      bool at_line_start = newline != std::string_view::npos || begin == 0 || source_[begin - 1] == '\n';
      if (at_line_start && space_begin(line_begin, end) == line_begin) stop = line_begin;
    }
    if (stop > begin) add(TokenKind::kText, source_.substr(begin, stop - begin));
  }

  // Where the white space that ends at `end` begins.
  size_t space_begin(size_t begin, size_t end) const {
    while (end > begin) {
      size_t previous = previous_character(view().substr(begin, end - begin), end - begin) + begin;
      if (!is_space(code_point(source_, previous))) break;
      end = previous;
    }
    return end;
  }

  void lex_root() {
    size_t begin = pos_;
    size_t tag = begin;
    while (true) {
      tag = view().find('{', tag);
      if (tag == std::string_view::npos) {
        add(TokenKind::kText, source_.substr(begin));
        advance_to(source_.size());
        return;
      }
      char next = at(tag + 1);
      if (next == '%' || next == '{' || next == '#') break;
      ++tag;
    }
    char kind = source_[tag + 1];
    char sign = at(tag + 2) == '-' || at(tag + 2) == '+' ? source_[tag + 2] : '\0';
    add_text(begin, tag, sign, kind == '{');
    advance_to(tag + (sign ? 3 : 2));
    if (kind == '#') {
      lex_comment();
    } else if (kind == '%' && lex_raw()) {
      return;
    } else {
      lex_tag(kind == '{');
    }
  }

  // Behind the end of a block or comment whose last two characters end at `end`; one newline goes with it.
  size_t after_block_end(size_t end, char sign) const {
    if (sign == '-') return skip_space(end);
    return sign != '+' && at(end) == '\n' ? end + 1 : end;
  }

  void lex_comment() {
    size_t end = view().find("#}", pos_);
    if (end == std::string_view::npos)
      fail_syntax(line_, "'#}' that ends the comment", "the end of the template");
    char sign = end > pos_ && (source_[end - 1] == '-' || source_[end - 1] == '+') ? source_[end - 1] : '\0';
    advance_to(after_block_end(end + 2, sign));
  }

  // {% raw %} ... {% endraw %}; false if the block is another one.
  bool lex_raw() {
    size_t pos = skip_space(pos_);
    if (!view().substr(pos).starts_with("raw")) return false;
    pos = skip_space(pos + 3);
    if (view().substr(pos).starts_with("-%}")) {
      pos = skip_space(pos + 3);
    } else if (view().substr(pos).starts_with("%}")) {
      pos += 2;
    } else {
      return false;
    }
    advance_to(pos);
    for (size_t tag = view().find("{%", pos); tag != std::string_view::npos;
         tag = view().find("{%", tag + 1)) {
      size_t name = tag + 2;
      char sign = at(name) == '-' || at(name) == '+' ? source_[name++] : '\0';
      name = skip_space(name);
      if (!view().substr(name).starts_with("endraw")) continue;
      size_t end = skip_space(name + 6);
      char end_sign = at(end) == '-' || at(end) == '+' ? source_[end++] : '\0';
      if (!view().substr(end).starts_with("%}")) continue;
      add_text(pos, tag, sign, false);
      advance_to(after_block_end(end + 2, end_sign));
      return true;
    }
    fail_syntax(line_, "'{% endraw %}'", "the end of the template");
  }

  void lex_tag(bool is_variable) {
    add(is_variable ? TokenKind::kVariableBegin : TokenKind::kBlockBegin, "");
    std::string_view end = is_variable ? "}}" : "%}";
    std::string open;  // brackets not yet closed; within them the end marks are operators
    while (true) {
      advance_to(skip_space(pos_));
      if (pos_ >= source_.size()) fail_syntax(line_, fmt::format("'{}'", end), "the end of the template");
      char sign = at(pos_) == '-' || (!is_variable && at(pos_) == '+') ? at(pos_) : '\0';
      if (open.empty() && view().substr(pos_ + (sign ? 1 : 0)).starts_with(end)) {
        add(is_variable ? TokenKind::kVariableEnd : TokenKind::kBlockEnd, "");
        size_t behind = pos_ + (sign ? 3 : 2);
        advance_to(is_variable ? (sign ? skip_space(behind) : behind) : after_block_end(behind, sign));
        return;
      }
      lex_token(open);
    }
  }

  void lex_token(std::string& open) {
    char c = source_[pos_];
    if (is_digit(c)) return lex_number();
    if (is_name_start(c)) {
      size_t end = pos_;
      while (is_name_part(at(end))) ++end;
      add(TokenKind::kName, source_.substr(pos_, end - pos_));
      return advance_to(end);
    }
    if (c == '\'' || c == '"') return lex_string(c);
    lex_operator(open);
  }

  void lex_string(char quote) {
    size_t end = pos_ + 1;
    while (end < source_.size() && source_[end] != quote) end += source_[end] == '\\' ? 2 : 1;
    if (end >= source_.size()) fail_syntax(line_, "a closing quote", "the end of the template");
    add(TokenKind::kString, unescape(view().substr(pos_ + 1, end - pos_ - 1), line_));
    advance_to(end + 1);
  }

  size_t skip_digits(size_t pos) const {
    while (is_digit(at(pos)) || (at(pos) == '_' && is_digit(at(pos + 1)))) ++pos;
    return pos;
  }

  void lex_number() {
    int base = 10;
    char mark =
        at(pos_) == '0' ? static_cast<char>(std::tolower(static_cast<unsigned char>(at(pos_ + 1)))) : '\0';
    if (mark == 'x') base = 16;
    if (mark == 'o') base = 8;
    if (mark == 'b') base = 2;
    size_t end = pos_;
    bool is_float = false;
    if (base != 10) {
      end += 2;
      while (is_name_part(at(end))) ++end;
    } else {
      end = skip_digits(end);
      bool behind_point = pos_ > 0 && source_[pos_ - 1] == '.';
      if (!behind_point) end = skip_fraction(end, is_float);
    }
    std::string digits = source_.substr(pos_, end - pos_);
    std::erase(digits, '_');
    add_number(base == 10 ? digits : digits.substr(2), base, is_float);
    advance_to(end);
  }

  size_t skip_fraction(size_t end, bool& is_float) const {
    if (at(end) == '.' && is_digit(at(end + 1))) {
      end = skip_digits(end + 1);
      is_float = true;
    }
    if (at(end) == 'e' || at(end) == 'E') {
      size_t digits = end + (at(end + 1) == '+' || at(end + 1) == '-' ? 2 : 1);
      if (is_digit(at(digits))) {
        end = skip_digits(digits);
        is_float = true;
      }
    }
    return end;
  }

  void add_number(const std::string& digits, int base, bool is_float) {
    Token token{is_float ? TokenKind::kFloat : TokenKind::kInteger, line_, digits, 0, 0};
    const char* end = digits.data() + digits.size();
    auto result = is_float ? std::from_chars(digits.data(), end, token.real)
                           : std::from_chars(digits.data(), end, token.integer, base);
    bool leading_zero = !is_float && base == 10 && token.integer != 0 && digits[0] == '0';
    if (result.ec != std::errc() || result.ptr != end || leading_zero) {
      fail_syntax(line_, "a number that fits 64 bits", quoted(digits));
    }
    tokens_.push_back(std::move(token));
  }

  void lex_operator(std::string& open) {
    static constexpr std::string_view kPairs[] = {"//", "**", "==", "!=", ">=", "<="};
    for (std::string_view pair : kPairs) {
      if (!starts_with(pair)) continue;
      add(TokenKind::kOperator, std::string(pair));
      return advance_to(pos_ + 2);
    }
    char c = source_[pos_];
    if (std::string_view("+-/*%~[](){}=><.:|,;").find(c) == std::string_view::npos) {
      fail_syntax(line_, "an expression", quoted(view().substr(pos_, character_size(source_, pos_))));
    }
    if (c == '(') open += ')';
    if (c == '[') open += ']';
    if (c == '{') open += '}';
    if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || open.back() != c) fail_syntax(line_, "brackets that match", fmt::format("'{}'", c));
      open.pop_back();
    }
    add(TokenKind::kOperator, std::string(1, c));
    advance_to(pos_ + 1);
  }

  std::string source_;
  size_t pos_ = 0;
  int line_ = 1;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokenize(std::string_view source) { return Lexer(source).run(); }

void fail_syntax(int line, std::string expected, std::string got) {
  throw Error(ErrorCode::kModel, {.where = fmt::format("chat template line {}", line),
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = ""});
}

}  // namespace auris::text::jinja
