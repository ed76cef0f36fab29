#include "auris/text/pattern.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "auris/base/error.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace auris::text {
namespace {

constexpr size_t kMaxExpressionBytes = 16384;
constexpr uint32_t kMaxNesting = 100;
// Of one find(): the expressions of real tokenizers need fewer than 10 a character of the word.
constexpr uint32_t kMatchLimit = 20'000'000;
constexpr uint32_t kHeapLimitKib = 65536;
constexpr size_t kJitStackBytes = size_t{1} << 20;

// The inside of a character class: White_Space, its complement, and Oniguruma's word characters.
constexpr std::string_view kSpace =
    R"(\x{09}-\x{0d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000})";
constexpr std::string_view kNotSpace =
    R"(\x{00}-\x{08}\x{0e}-\x{1f}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027})"
    R"(\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{d7ff}\x{e000}-\x{10ffff})";
constexpr std::string_view kWord = R"(\p{L}\p{M}\p{N}\p{Pc})";

void append_class(std::string_view inside, bool negated, bool in_class, std::string& out) {
  if (!in_class) out += negated ? "[^" : "[";
  out += inside;
  if (!in_class) out += ']';
}

// Oniguruma's \s, \S, \w and \W in PCRE2's words. \W inside a class cannot be written so; it keeps PCRE2's
// meaning.
std::string rewritten(std::string_view expression) {
  std::string out;
  bool in_class = false;
  for (size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      const char escaped = expression[++i];
      if (escaped == 's') {
        append_class(kSpace, false, in_class, out);
      } else if (escaped == 'S') {
        append_class(in_class ? kNotSpace : kSpace, true, in_class, out);
      } else if (escaped == 'w' || (escaped == 'W' && !in_class)) {
        append_class(kWord, escaped == 'W', in_class, out);
      } else {
        out += c;
        out += escaped;
      }
      continue;
    }
    if (c == '[' && !in_class) {
      in_class = true;
    } else if (c == ']' && in_class) {
      in_class = false;
    }
    out += c;
  }
  return out;
}

std::string message_of(int code) {
  std::array<PCRE2_UCHAR, 200> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

struct Freer {
  void operator()(pcre2_compile_context* p) const { pcre2_compile_context_free(p); }
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_match_context* p) const { pcre2_match_context_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
  void operator()(pcre2_jit_stack* p) const { pcre2_jit_stack_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Freer>;

// What a match needs besides the code; one for each thread.
struct Matcher {
  Owned<pcre2_match_context> context{pcre2_match_context_create(nullptr)};
  Owned<pcre2_match_data> data{pcre2_match_data_create(1, nullptr)};
  Owned<pcre2_jit_stack> stack{pcre2_jit_stack_create(32 * 1024, kJitStackBytes, nullptr)};

  Matcher() {
    if (!context || !data || !stack) throw std::bad_alloc();
    pcre2_set_match_limit(context.get(), kMatchLimit);
    pcre2_set_heap_limit(context.get(), kHeapLimitKib);
    pcre2_jit_stack_assign(context.get(), nullptr, stack.get());
  }
};

}  // namespace

struct Pattern::Code {
  Owned<pcre2_code> code;
};

Pattern Pattern::literal(std::string_view text) { return Pattern(nullptr, std::string(text)); }

Pattern Pattern::regex(std::string_view expression) {
  const auto fail = [&](std::string expected, std::string got) {
    throw Error(ErrorCode::kModel, {.where = "tokenizer pattern " + auris::quoted(expression),
                                    .expected = std::move(expected),
                                    .got = std::move(got),
                                    .hint = ""});
  };
  if (expression.size() > kMaxExpressionBytes)
    fail("at most 16384 bytes", fmt::format("{}", expression.size()));
  const std::string source = rewritten(expression);
  Owned<pcre2_compile_context> context(pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_parens_nest_limit(context.get(), kMaxNesting);
  int error = 0;
  PCRE2_SIZE place = 0;
  const auto* bytes = reinterpret_cast<PCRE2_SPTR>(source.data());
  Owned<pcre2_code> code(pcre2_compile(bytes, source.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C,
                                       &error, &place, context.get()));
  if (!code) fail("a regular expression", message_of(error));
  pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // without it the interpreter does the same, slower
  return Pattern(std::make_shared<const Code>(Code{std::move(code)}), "");
}

std::optional<Pattern::Span> Pattern::find(std::string_view valid_text, size_t from) const {
  if (!code_) {
    const size_t begin = literal_.empty() ? std::string_view::npos : valid_text.find(literal_, from);
    if (begin == std::string_view::npos) return std::nullopt;
    return Span{begin, begin + literal_.size()};
  }
  thread_local Matcher matcher;
  const auto match = [&](uint32_t options) {
    return pcre2_match(code_->code.get(), reinterpret_cast<PCRE2_SPTR>(valid_text.data()), valid_text.size(),
                       from, PCRE2_NO_UTF_CHECK | options, matcher.data.get(), matcher.context.get());
  };
  int result = match(0);
  if (result == PCRE2_ERROR_JIT_STACKLIMIT) result = match(PCRE2_NO_JIT);
  if (result == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (result < 0) {
    throw Error(ErrorCode::kModel, {.where = "tokenizer pattern",
                                    .expected = "a regular expression that matches within bounds",
                                    .got = message_of(result),
                                    .hint = ""});
  }
  const PCRE2_SIZE* span = pcre2_get_ovector_pointer(matcher.data.get());
  // \K in a look-ahead can put the begin behind the end.
  const size_t begin = std::max<size_t>(span[0], from);
  return Span{begin, std::max<size_t>(span[1], begin)};
}

}  // namespace auris::text
