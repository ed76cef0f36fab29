#include "auris/text/chat_template/characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace auris::text::jinja {
namespace {

struct SpecialCase {
  int32_t code;
  std::string_view upper, title, lower;
};
constexpr SpecialCase kSpecialCases[] = {
#include "auris/text/chat_template/special_casing.inc"
};

std::string_view special_case(int32_t code, Case target) {
  if (code < 0xdf) return {};
  const SpecialCase* end = std::end(kSpecialCases);
  const SpecialCase* found =
      std::lower_bound(std::begin(kSpecialCases), end, code,
                       [](const SpecialCase& entry, int32_t value) { return entry.code < value; });
  if (found == end || found->code != code) return {};
  return target == Case::kUpper ? found->upper : target == Case::kTitle ? found->title : found->lower;
}

bool is_case_ignorable(int32_t code) {
  if (code < 0) return false;
  // Word_Break = MidLetter, MidNumLet, Single_Quote
  for (int32_t mark : {0x27, 0x2e, 0x3a, 0xb7, 0x387, 0x55f, 0x5f4, 0x2018, 0x2019, 0x2024, 0x2027, 0xfe13,
                       0xfe52, 0xfe55, 0xff07, 0xff0e, 0xff1a}) {
    if (code == mark) return true;
  }
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK: return true;
    default: return false;
  }
}

// Whether the sigma at `offset` ends a word: a cased letter before it, none after (Unicode's Final_Sigma).
bool is_final_sigma(std::string_view text, size_t offset, Budget& budget) {
  size_t i = offset;
  bool before = false;
  while (i > 0) {
    budget.steps(1);
    i = previous_character(text, i);
    int32_t code = code_point(text, i);
    if (is_case_ignorable(code)) continue;
    before = is_cased(code);
    break;
  }
  if (!before) return false;
  for (i = offset + 2; i < text.size(); i += character_size(text, i)) {
    budget.steps(1);
    int32_t code = code_point(text, i);
    if (!is_case_ignorable(code)) return !is_cased(code);
  }
  return true;
}

constexpr int32_t kCapitalSigma = 0x3a3;

void append_mapped(const SourcedText& text, size_t offset, size_t size, Case target, bool trusted,
                   Budget& budget, TextBuilder& out) {
  int32_t code = code_point(text.view(), offset);
  if (code < 0) {
    out.append(text.view().substr(offset, size), trusted);
  } else if (code == kCapitalSigma && target == Case::kLower && is_final_sigma(text.view(), offset, budget)) {
    out.append("\xcf\x82", trusted);
  } else {
    out.append(mapped(code, target), trusted);
  }
}

bool is_printable(int32_t code) {
  if (code == ' ') return true;
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS: return false;
    default: return true;
  }
}

std::string escaped(int32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  if (code <= 0xff) return fmt::format("\\x{:02x}", code);
  if (code <= 0xffff) return fmt::format("\\u{:04x}", code);
  return fmt::format("\\U{:08x}", code);
}

}  // namespace

size_t character_size(std::string_view text, size_t offset) {
  auto byte = static_cast<unsigned char>(text[offset]);
  if (byte < 0x80) return 1;
  utf8proc_int32_t code = 0;
  auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + offset);
  utf8proc_ssize_t size = utf8proc_iterate(
      bytes, static_cast<utf8proc_ssize_t>(std::min<size_t>(4, text.size() - offset)), &code);
  return size > 0 ? static_cast<size_t>(size) : 1;
}

int32_t code_point(std::string_view text, size_t offset) {
  auto byte = static_cast<unsigned char>(text[offset]);
  if (byte < 0x80) return byte;
  utf8proc_int32_t code = 0;
  auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data() + offset);
  utf8proc_ssize_t size = utf8proc_iterate(
      bytes, static_cast<utf8proc_ssize_t>(std::min<size_t>(4, text.size() - offset)), &code);
  return size > 0 ? code : -1;
}

size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); i += character_size(text, i)) ++count;
  return count;
}

size_t offset_of(std::string_view text, size_t index) {
  size_t offset = 0;
  for (; index > 0 && offset < text.size(); --index) offset += character_size(text, offset);
  return offset;
}

size_t previous_character(std::string_view text, size_t end) {
  for (size_t size = 2; size <= 4 && size <= end; ++size) {
    if (character_size(text, end - size) == size) return end - size;
  }
  return end - 1;
}

void append_utf8(std::string& out, uint32_t code) {
  std::array<utf8proc_uint8_t, 4> bytes{};
  utf8proc_ssize_t size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(code), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(size));
}

bool is_space(int32_t code) {
  if (code < 0x80) return (code >= 9 && code <= 13) || (code >= 0x1c && code <= 0x20);
  return code == 0x85 || code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
         code == 0x2028 || code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

bool is_line_break(int32_t code) {
  return (code >= 10 && code <= 13) || (code >= 0x1c && code <= 0x1e) || code == 0x85 || code == 0x2028 ||
         code == 0x2029;
}

bool is_upper(int32_t code) {
  if (code < 0x80) return code >= 'A' && code <= 'Z';
  return utf8proc_category(code) == UTF8PROC_CATEGORY_LU || (code >= 0x2160 && code <= 0x216f) ||
         (code >= 0x24b6 && code <= 0x24cf);
}

bool is_lower(int32_t code) {
  if (code < 0x80) return code >= 'a' && code <= 'z';
  // Other_Lowercase besides Ll: ordinal marks, modifier letters, small Roman numerals, circled letters
  return utf8proc_category(code) == UTF8PROC_CATEGORY_LL || code == 0xaa || code == 0xba ||
         (code >= 0x2b0 && code <= 0x2b8) || code == 0x2c0 || code == 0x2c1 ||
         (code >= 0x2e0 && code <= 0x2e4) || (code >= 0x2170 && code <= 0x217f) ||
         (code >= 0x24d0 && code <= 0x24e9);
}

bool is_cased(int32_t code) {
  return is_upper(code) || is_lower(code) || (code > 0x7f && utf8proc_category(code) == UTF8PROC_CATEGORY_LT);
}

bool is_letter(int32_t code) {
  if (code < 0) return false;
  utf8proc_category_t category = utf8proc_category(code);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool is_decimal(int32_t code) { return code >= 0 && utf8proc_category(code) == UTF8PROC_CATEGORY_ND; }

std::string mapped(int32_t code, Case target) {
  std::string_view special = special_case(code, target);
  if (!special.empty()) return std::string(special);
  std::string out;
  int32_t result = target == Case::kUpper   ? utf8proc_toupper(code)
                   : target == Case::kTitle ? utf8proc_totitle(code)
                                            : utf8proc_tolower(code);
  append_utf8(out, static_cast<uint32_t>(result));
  return out;
}

SourcedText map_case(const SourcedText& text, Case target, Budget& budget) {
  TextBuilder out(budget);
  TrustCursor trust(text);
  bool after_cased = false;
  for (size_t i = 0; i < text.size();) {
    size_t size = character_size(text.view(), i);
    Case wanted = target == Case::kTitle && after_cased ? Case::kLower : target;
    append_mapped(text, i, size, wanted, trust.at(i), budget, out);
    after_cased = is_cased(code_point(text.view(), i));
    i += size;
  }
  return out.take();
}

SourcedText capitalize(const SourcedText& text, Budget& budget) {
  TextBuilder out(budget);
  TrustCursor trust(text);
  for (size_t i = 0; i < text.size();) {
    size_t size = character_size(text.view(), i);
    append_mapped(text, i, size, i == 0 ? Case::kTitle : Case::kLower, trust.at(i), budget, out);
    i += size;
  }
  return out.take();
}

void append_repr(const SourcedText& text, TextBuilder& out) {
  bool has_single = text.view().find('\'') != std::string_view::npos;
  bool has_double = text.view().find('"') != std::string_view::npos;
  char quote = has_single && !has_double ? '"' : '\'';
  TrustCursor trust(text);
  bool outer = text.empty() || text.trusted_at(0);
  out.append(std::string_view(&quote, 1), outer);
  for (size_t i = 0; i < text.size();) {
    size_t size = character_size(text.view(), i);
    int32_t code = code_point(text.view(), i);
    if (code == quote || code == '\\') {
      out.append(std::string("\\") + static_cast<char>(code), trust.at(i));
    } else if (code < 0 || is_printable(code)) {
      out.append(text.view().substr(i, size), trust.at(i));
    } else {
      out.append(escaped(code), trust.at(i));
    }
    i += size;
  }
  out.append(std::string_view(&quote, 1), outer);
}

std::string real_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer{};
  auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  std::string sign = text.front() == '-' ? "-" : "";
  if (!sign.empty()) text.remove_prefix(1);
  size_t mark = text.find('e');
  int exponent = std::atoi(text.data() + mark + 1);
  std::string digits(text.substr(0, mark));
  if (digits.size() > 1) digits.erase(1, 1);  // the point
  // Python's repr switches to exponents below 1e-4 and from 1e16 on.
  if (exponent < -4 || exponent >= 16) {
    std::string fraction = digits.size() > 1 ? "." + digits.substr(1) : "";
    return fmt::format("{}{}{}e{}{:02}", sign, digits[0], fraction, exponent < 0 ? '-' : '+',
                       std::abs(exponent));
  }
  if (exponent < 0) return sign + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  auto whole = static_cast<size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0') + ".0";
  return sign + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace auris::text::jinja
