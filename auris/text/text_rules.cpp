#include "auris/text/text_rules.h"

#include <utf8proc.h>

#include <map>
#include <memory>
#include <mutex>

#include "auris/base/error.h"
#include "auris/text/utf8.h"
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace auris::text {
namespace {

struct Freer {
  void operator()(pcre2_code* p) const { pcre2_code_free(p); }
  void operator()(pcre2_match_data* p) const { pcre2_match_data_free(p); }
};
using Code = std::unique_ptr<pcre2_code, Freer>;
using MatchData = std::unique_ptr<pcre2_match_data, Freer>;

// Compiled once in the life of the process: the rules are few and fixed.
const pcre2_code* compiled(std::string_view expression) {
  static std::mutex mutex;
  static std::map<std::string, Code, std::less<>> codes;
  const std::lock_guard lock(mutex);
  const auto found = codes.find(expression);
  if (found != codes.end()) return found->second.get();
  int error = 0;
  PCRE2_SIZE place = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()), expression.size(),
                          PCRE2_UTF | PCRE2_UCP, &error, &place, nullptr));
  AURIS_CHECK(code != nullptr);
  pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);
  return codes.emplace(expression, std::move(code)).first->second.get();
}

// found(ovector, count) for each match.
template <typename Found>
void each_match(std::string_view text, std::string_view expression, const Found& found) {
  const pcre2_code* code = compiled(expression);
  const MatchData data(pcre2_match_data_create_from_pattern(code, nullptr));
  if (!data) throw std::bad_alloc();
  for (size_t from = 0; from <= text.size();) {
    const int count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from,
                                  PCRE2_NO_UTF_CHECK, data.get(), nullptr);
    if (count == PCRE2_ERROR_NOMATCH) return;
    if (count < 0) {
      throw Error(ErrorCode::kInput, {.where = "text normalizer",
                                      .expected = "text that the rules can match within bounds",
                                      .got = auris::quoted(text),
                                      .hint = ""});
    }
    const PCRE2_SIZE* spans = pcre2_get_ovector_pointer(data.get());
    found(spans, static_cast<size_t>(count));
    if (spans[1] == text.size() && spans[0] == spans[1]) return;
    from = spans[1] > spans[0] ? spans[1] : spans[1] + character_at(text, spans[1]).length;
  }
}

void append_replacement(std::string_view text, std::string_view replacement, const PCRE2_SIZE* spans,
                        size_t count, std::string& out) {
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      out += replacement[i];
      continue;
    }
    const auto group = static_cast<size_t>(replacement[++i] - '0');
    if (group < count && spans[2 * group] != PCRE2_UNSET) {
      out += text.substr(spans[2 * group], spans[2 * group + 1] - spans[2 * group]);
    }
  }
}

}  // namespace

std::string substitute(std::string_view text, std::string_view expression, std::string_view replacement) {
  std::string out;
  size_t done = 0;
  each_match(text, expression, [&](const PCRE2_SIZE* spans, size_t count) {
    out += text.substr(done, spans[0] - done);
    append_replacement(text, replacement, spans, count, out);
    done = spans[1];
  });
  out += text.substr(done);
  return out;
}

bool matches(std::string_view text, std::string_view expression) {
  bool whole = false;
  each_match(text, expression, [&](const PCRE2_SIZE* spans, size_t) {
    whole = whole || (spans[0] == 0 && spans[1] == text.size());
  });
  return whole;
}

std::vector<std::string> split_at(std::string_view text, std::string_view expression) {
  std::vector<std::string> parts;
  size_t done = 0;
  each_match(text, expression, [&](const PCRE2_SIZE* spans, size_t) {
    parts.emplace_back(text.substr(done, spans[0] - done));
    done = spans[1];
  });
  parts.emplace_back(text.substr(done));
  return parts;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < text.size();) {
    const Character character = character_at(text, i);
    // Python's str.split() also splits at the four information separators.
    const bool space = is_white_space(character.code) || (character.code >= 0x1C && character.code <= 0x1F);
    if (!space) {
      words.back() += text.substr(i, character.length);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
    i += character.length;
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

namespace {

bool is_cased(char32_t code) {
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL ||
         category == UTF8PROC_CATEGORY_LT;
}

// The final form of sigma: after a letter and not before one (Unicode 15, table 3-17).
bool is_final_sigma(std::string_view text, size_t begin, size_t end) {
  const bool after = begin > 0 && is_cased(character_before(text, begin).code);
  const bool before = end < text.size() && is_cased(character_at(text, end).code);
  return after && !before;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const Character character = character_at(text, i);
    if (character.code == 0x130) {
      out += "i\u0307";
    } else if (character.code == 0x3A3 && is_final_sigma(text, i, i + character.length)) {
      out += "\u03C2";
    } else {
      append_utf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(character.code))),
                  out);
    }
    i += character.length;
  }
  return out;
}

}  // namespace auris::text
