#include "auris/text/whisper_normalizer.h"

#include <utf8proc.h>

#include <cstdlib>
#include <fstream>
#include <new>
#include <utility>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/text/english_numbers.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

std::string decomposed(std::string_view text, bool compose) {
  utf8proc_uint8_t* made = nullptr;
  const int form = compose ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE;
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | form);
  const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (length < 0) throw std::bad_alloc();
  std::string out(reinterpret_cast<const char*>(made), static_cast<size_t>(length));
  std::free(made);
  return out;
}

// Letters that NFKD does not take apart.
std::string_view plain_letters(char32_t code) {
  switch (code) {
    case U'œ': return "oe";
    case U'Œ': return "OE";
    case U'ø': return "o";
    case U'Ø': return "O";
    case U'æ': return "ae";
    case U'Æ': return "AE";
    case U'ß': return "ss";
    case U'ẞ': return "SS";
    case U'đ':
    case U'ð': return "d";
    case U'Đ':
    case U'Ð': return "D";
    case U'þ':
    case U'Þ': return "th";
    case U'ł': return "l";
    case U'Ł': return "L";
    default: return {};
  }
}

bool is_mark_symbol_or_punctuation(utf8proc_category_t category) {
  return (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME) ||
         (category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_SO);
}

std::string remove_symbols(std::string_view text) {
  std::string out;
  const std::string in = decomposed(text, true);
  for (size_t i = 0; i < in.size();) {
    const Character character = character_at(in, i);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(character.code));
    is_mark_symbol_or_punctuation(category) ? out.append(" ") : out.append(in, i, character.length);
    i += character.length;
  }
  return out;
}

std::string remove_symbols_and_diacritics(std::string_view text, std::string_view kept) {
  std::string out;
  const std::string in = decomposed(text, false);
  for (size_t i = 0; i < in.size();) {
    const Character character = character_at(in, i);
    const std::string_view self = std::string_view(in).substr(i, character.length);
    const std::string_view letters = plain_letters(character.code);
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(character.code));
    if (kept.find(self) != std::string_view::npos) {
      out += self;
    } else if (!letters.empty()) {
      out += letters;
    } else if (category != UTF8PROC_CATEGORY_MN) {
      out += is_mark_symbol_or_punctuation(category) ? std::string_view(" ") : self;
    }
    i += character.length;
  }
  return out;
}

// Words in brackets and in parentheses are notes, not speech.
std::string without_notes(std::string_view text) {
  return substitute(substitute(text, R"([<\[][^>\]]*[>\]])", ""), R"(\(([^)]+?)\))", "");
}

// Python's \s, which is not PCRE2's.
constexpr std::string_view kSpaces =
    R"([\t-\r\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]+)";

std::string single_spaces(std::string_view text) { return substitute(text, kSpaces, " "); }

// The characters (grapheme clusters) with a space between them.
std::string letters_apart(std::string_view text) {
  std::string out;
  utf8proc_int32_t state = 0;
  char32_t last = 0;
  for (size_t i = 0; i < text.size();) {
    const Character character = character_at(text, i);
    const bool breaks =
        i > 0 && utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(last),
                                                  static_cast<utf8proc_int32_t>(character.code), &state);
    if (breaks) out += ' ';
    out += text.substr(i, character.length);
    last = character.code;
    i += character.length;
  }
  return out;
}

// In this order: contractions, titles, perfect tenses, endings.
constexpr std::pair<std::string_view, std::string_view> kEnglishRules[] = {
    {R"(\bwon't\b)", "will not"},
    {R"(\bcan't\b)", "can not"},
    {R"(\blet's\b)", "let us"},
    {R"(\bain't\b)", "aint"},
    {R"(\by'all\b)", "you all"},
    {R"(\bwanna\b)", "want to"},
    {R"(\bgotta\b)", "got to"},
    {R"(\bgonna\b)", "going to"},
    {R"(\bi'ma\b)", "i am going to"},
    {R"(\bimma\b)", "i am going to"},
    {R"(\bwoulda\b)", "would have"},
    {R"(\bcoulda\b)", "could have"},
    {R"(\bshoulda\b)", "should have"},
    {R"(\bma'am\b)", "madam"},
    {R"(\bmr\b)", "mister "},
    {R"(\bmrs\b)", "missus "},
    {R"(\bst\b)", "saint "},
    {R"(\bdr\b)", "doctor "},
    {R"(\bprof\b)", "professor "},
    {R"(\bcapt\b)", "captain "},
    {R"(\bgov\b)", "governor "},
    {R"(\bald\b)", "alderman "},
    {R"(\bgen\b)", "general "},
    {R"(\bsen\b)", "senator "},
    {R"(\brep\b)", "representative "},
    {R"(\bpres\b)", "president "},
    {R"(\brev\b)", "reverend "},
    {R"(\bhon\b)", "honorable "},
    {R"(\basst\b)", "assistant "},
    {R"(\bassoc\b)", "associate "},
    {R"(\blt\b)", "lieutenant "},
    {R"(\bcol\b)", "colonel "},
    {R"(\bjr\b)", "junior "},
    {R"(\bsr\b)", "senior "},
    {R"(\besq\b)", "esquire "},
    {R"('d been\b)", " had been"},
    {R"('s been\b)", " has been"},
    {R"('d gone\b)", " had gone"},
    {R"('s gone\b)", " has gone"},
    {R"('d done\b)", " had done"},
    {R"('s got\b)", " has got"},
    {R"(n't\b)", " not"},
    {R"('re\b)", " are"},
    {R"('s\b)", " is"},
    {R"('d\b)", " would"},
    {R"('ll\b)", " will"},
    {R"('t\b)", " not"},
    {R"('ve\b)", " have"},
    {R"('m\b)", " am"},
};

}  // namespace

std::string normalize_basic(std::string_view text, const BasicNormalizerOptions& options) {
  std::string out = without_notes(lower(to_valid_utf8(text)));
  out = lower(options.remove_diacritics ? remove_symbols_and_diacritics(out, "") : remove_symbols(out));
  if (options.split_letters) out = letters_apart(out);
  return single_spaces(out);
}

Spellings load_spellings(const std::filesystem::path& path) {
  std::ifstream file(path);
  const auto tree = nlohmann::json::parse(file, nullptr, false);
  Spellings out;
  const auto fail = [&] {
    throw Error(ErrorCode::kInput, {.where = path.string(),
                                    .expected = "a JSON object of strings: {\"colour\": \"color\", ...}",
                                    .got = "something else",
                                    .hint = ""});
  };
  if (!tree.is_object()) fail();
  for (const auto& [from, to] : tree.items()) {
    if (!to.is_string()) fail();
    out.emplace(from, to.get<std::string>());
  }
  return out;
}

std::string EnglishNormalizer::operator()(std::string_view text) const {
  std::string out = without_notes(lower(to_valid_utf8(text)));
  out = substitute(out, R"(\b(hmm|mm|mhm|mmm|uh|um)\b)", "");
  out = substitute(out, std::string(kSpaces) + "'", "'");
  for (const auto& [expression, replacement] : kEnglishRules) out = substitute(out, expression, replacement);
  out = substitute(out, R"((\p{Nd}),(\p{Nd}))", "$1$2");
  out = substitute(out, R"(\.([^0-9]|$))", " $1");
  out = remove_symbols_and_diacritics(out, ".%$¢€£");
  out = digits_for_english_numbers(out);
  std::string spelled;
  for (const std::string& word : words_of(out)) {
    const auto found = spellings_.find(word);
    if (!spelled.empty()) spelled += ' ';
    spelled += found == spellings_.end() ? word : found->second;
  }
  out = substitute(spelled, R"([.$¢€£]([^0-9]))", " $1");
  out = substitute(out, "([^0-9])%", "$1 ");
  return single_spaces(out);
}

}  // namespace auris::text
