#include "auris/eval/metrics/folded_text.h"

#include <array>

#include <utf8proc.h>

#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

using Part = FoldedText::Part;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Scripts without blanks between words: Thai, Lao, Myanmar, Khmer, kana, and Chinese characters.
bool is_unspaced(char32_t code) {
  return (code >= 0x0E00 && code <= 0x0EFF) || (code >= 0x1000 && code <= 0x109F) ||
         (code >= 0x1780 && code <= 0x17FF) || (code >= 0x3040 && code <= 0x30FF) ||
         (code >= 0x3400 && code <= 0x9FFF) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0x20000 && code <= 0x3FFFF);
}

class Folder {
 public:
  explicit Folder(FoldedText& out) : out_(out) {}

  // `next` is the byte behind it in the text, 0 at the end.
  void add_ascii(char c, char next) {
    if (c >= 'A' && c <= 'Z') {
      add(static_cast<char>(c - 'A' + 'a'), Part::kWord);
    } else if ((c >= 'a' && c <= 'z') || is_digit(c)) {
      add(c, Part::kWord);
    } else if (c <= ' ' || c == '-' || c == '_' || c == 0x7F) {
      add_blank();
    } else {
      const bool in_number = (c == '.' || c == ',') && ends_in_digit() && is_digit(next);
      const bool symbol = std::string_view("#$%&+<=>@^|~").find(c) != std::string_view::npos;
      add(c, in_number ? Part::kWord : symbol ? Part::kSymbol : Part::kOther);
    }
  }

  void add_code(char32_t code) {
    std::array<utf8proc_int32_t, 64> codes{};  // the longest decomposition has 18
    int last_bound = 0;
    const utf8proc_ssize_t count = utf8proc_decompose_char(
        static_cast<utf8proc_int32_t>(code), codes.data(), static_cast<utf8proc_ssize_t>(codes.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                       UTF8PROC_IGNORE),
        &last_bound);
    for (size_t i = 0; i < codes.size() && static_cast<utf8proc_ssize_t>(i) < count; ++i) {
      add_folded(static_cast<char32_t>(codes[i]));
    }
  }

 private:
  bool ends_in_digit() const { return !out_.text.empty() && is_digit(out_.text.back()); }

  void add(char c, Part part) {
    out_.text += c;
    out_.bytes.push_back({part, true});
  }

  void add_blank() {
    if (!out_.text.empty() && out_.text.back() != ' ') add(' ', Part::kOther);
  }

  void add_folded(char32_t code) {
    if (code < 0x80) return add_ascii(static_cast<char>(code), 0);
    if (code == 0x2019) return add('\'', Part::kOther);
    const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
    Part part = Part::kOther;
    bool begins = true;
    switch (category) {
      case UTF8PROC_CATEGORY_LU:
      case UTF8PROC_CATEGORY_LL:
      case UTF8PROC_CATEGORY_LT:
      case UTF8PROC_CATEGORY_LM:
      case UTF8PROC_CATEGORY_LO:
      case UTF8PROC_CATEGORY_ND:
      case UTF8PROC_CATEGORY_NL:
      case UTF8PROC_CATEGORY_NO: part = is_unspaced(code) ? Part::kWordAlone : Part::kWord; break;
      case UTF8PROC_CATEGORY_MN:
      case UTF8PROC_CATEGORY_MC:
      case UTF8PROC_CATEGORY_ME:
        part = out_.bytes.empty() ? Part::kWord : out_.bytes.back().part;
        begins = out_.bytes.empty();
        break;
      case UTF8PROC_CATEGORY_ZS:
      case UTF8PROC_CATEGORY_ZL:
      case UTF8PROC_CATEGORY_ZP:
      case UTF8PROC_CATEGORY_CC:
      case UTF8PROC_CATEGORY_PD:
      case UTF8PROC_CATEGORY_PC: return add_blank();
      case UTF8PROC_CATEGORY_SM:
      case UTF8PROC_CATEGORY_SC:
      case UTF8PROC_CATEGORY_SK:
      case UTF8PROC_CATEGORY_SO:
        if (code == 0x2212) return add_blank();  // minus sign
        part = Part::kSymbol;
        break;
      default: break;
    }
    text::append_utf8(code, out_.text);
    while (out_.bytes.size() < out_.text.size()) {
      out_.bytes.push_back({part, begins});
      begins = false;
    }
  }

  FoldedText& out_;
};

}  // namespace

bool FoldedText::breaks_at(size_t place) const {
  if (place == 0 || place >= bytes.size()) return true;
  if (!bytes[place].begins) return false;
  return bytes[place - 1].part != Part::kWord || bytes[place].part != Part::kWord;
}

void fold(std::string_view text, FoldedText& folded) {
  folded.text.clear();
  folded.bytes.clear();
  Folder folder(folded);
  for (size_t at = 0; at < text.size();) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      folder.add_ascii(text[at], at + 1 < text.size() ? text[at + 1] : '\0');
      ++at;
      continue;
    }
    const text::Utf8Part part = text::utf8_part(text, at);
    const bool whole = part.kind == text::Utf8Part::Kind::kCharacter;
    folder.add_code(whole ? part.code : text::kReplacementCharacter);
    at += part.length;
  }
  if (!folded.text.empty() && folded.text.back() == ' ') {
    folded.text.pop_back();
    folded.bytes.pop_back();
  }
}

std::string folded_words(std::string_view text) {
  FoldedText folded;
  fold(text, folded);
  size_t begin = 0;
  size_t end = folded.text.size();
  while (begin < end && folded.bytes[begin].part == Part::kOther) ++begin;
  while (end > begin && folded.bytes[end - 1].part == Part::kOther) --end;
  return folded.text.substr(begin, end - begin);
}

}  // namespace auris::eval
