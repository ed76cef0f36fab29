#pragma once
// A Unicode regular expression from a tokenizer file, by PCRE2. The file is not trusted: compiling and
// matching are bounded, and a pattern that runs into a bound is an error, never a hang or a stack overflow.
//
// Tokenizer files are written for Oniguruma; \s and \w are rewritten to its meaning (White_Space, and
// Letter|Mark|Number|Connector_Punctuation).

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace auris::text {

class Pattern {
 public:
  struct Span {
    size_t begin = 0;
    size_t end = 0;
  };

  // Throws kModel if the expression does not compile.
  static Pattern regex(std::string_view expression);
  static Pattern literal(std::string_view text);

  // The next match at or after `from` in valid UTF-8; may be empty. Throws kModel when matching takes too
  // long.
  std::optional<Span> find(std::string_view valid_text, size_t from) const;

 private:
  struct Code;
  Pattern(std::shared_ptr<const Code> code, std::string literal)
      : code_(std::move(code)), literal_(std::move(literal)) {}

  std::shared_ptr<const Code> code_;  // null: the literal
  std::string literal_;
};

}  // namespace auris::text
