#include "auris/text/normalizer.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "auris/base/error.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

NormalText empty_like(const NormalText& in) {
  NormalText out;
  out.tracks = in.tracks;
  out.text.reserve(in.text.size() + in.text.size() / 8);
  return out;
}

std::string mapped(std::string_view text, utf8proc_option_t options) {
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                               static_cast<utf8proc_ssize_t>(text.size()), &made, options);
  if (length < 0) throw std::bad_alloc();
  std::string out(reinterpret_cast<const char*>(made), static_cast<size_t>(length));
  std::free(made);
  return out;
}

utf8proc_option_t options_of(UnicodeForm form) {
  const int stable = UTF8PROC_STABLE;
  switch (form) {
    case UnicodeForm::kNfc: return static_cast<utf8proc_option_t>(stable | UTF8PROC_COMPOSE);
    case UnicodeForm::kNfd: return static_cast<utf8proc_option_t>(stable | UTF8PROC_DECOMPOSE);
    case UnicodeForm::kNfkc:
      return static_cast<utf8proc_option_t>(stable | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    case UnicodeForm::kNfkd: break;
  }
  return static_cast<utf8proc_option_t>(stable | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
}

bool is_ascii(char c) { return static_cast<uint8_t>(c) < 0x80; }

// utf8proc sorts combining marks in quadratic time, so a run is mapped in parts: after kPartBytes before a
// character that composes with nothing before it, and after twice that anywhere (only a hostile run of
// hundreds of marks gets there).
constexpr size_t kPartBytes = 1024;

bool begins_anew(char32_t code) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  const bool mark = category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME;
  return !mark && !(code >= 0x1160 && code <= 0x11FF);  // Hangul vowels and finals
}

size_t end_of_run(std::string_view text, size_t begin, size_t i) {
  while (i < text.size() && !is_ascii(text[i])) {
    const Character character = character_at(text, i);
    if (i - begin >= 2 * kPartBytes || (i - begin >= kPartBytes && begins_anew(character.code))) break;
    i += character.length;
  }
  return i;
}

class Form final : public Normalizer {
 public:
  explicit Form(UnicodeForm form) : options_(options_of(form)) {}

  // ASCII stays as it is, unless a combining mark follows: each run of other characters is mapped with the
  // one before it.
  void apply(NormalText& text) const override {
    if (std::all_of(text.text.begin(), text.text.end(), is_ascii)) return;
    NormalText out = empty_like(text);
    const std::string& in = text.text;
    for (size_t i = 0; i < in.size();) {
      size_t begin = i;
      while (i < in.size() && is_ascii(in[i])) ++i;
      const size_t plain_end = i == in.size() || i == begin ? i : i - 1;
      for (; begin < plain_end; ++begin)
        out.append(std::string_view(in).substr(begin, 1), text, begin, begin + 1);
      i = end_of_run(in, begin, i);
      if (i > begin)
        out.append(mapped(std::string_view(in).substr(begin, i - begin), options_), text, begin, i);
    }
    text = std::move(out);
  }

 private:
  utf8proc_option_t options_;
};

// Rust's char::to_lowercase: one character becomes two only for U+0130.
void append_lower(char32_t code, std::string& out) {
  if (code == 0x130) {
    out += "i\u0307";
  } else {
    append_utf8(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code))), out);
  }
}

class Lowercase final : public Normalizer {
 public:
  void apply(NormalText& text) const override {
    NormalText out = empty_like(text);
    std::string lower;
    for (size_t i = 0; i < text.text.size();) {
      const Character character = character_at(text.text, i);
      lower.clear();
      append_lower(character.code, lower);
      out.append(lower, text, i, i + character.length);
      i += character.length;
    }
    text = std::move(out);
  }
};

// A file whose rules make more of a text than this is an attack.
constexpr size_t kMaxNormalBytes = size_t{256} << 20;

void check_size(size_t bytes) {
  if (bytes <= kMaxNormalBytes) return;
  throw Error(ErrorCode::kModel, {.where = "tokenizer normalizer",
                                  .expected = "replacements that keep a text below 256 MiB",
                                  .got = "more",
                                  .hint = ""});
}

class Replace final : public Normalizer {
 public:
  Replace(Pattern pattern, std::string content)
      : pattern_(std::move(pattern)), content_(std::move(content)) {}

  void apply(NormalText& text) const override {
    NormalText out = empty_like(text);
    const std::string_view in = text.text;
    size_t done = 0;
    for (size_t from = 0; from <= in.size();) {
      const auto match = pattern_.find(in, from);
      if (!match) break;
      copy(text, done, match->begin, out);
      out.append(content_, text, match->begin, match->end);
      check_size(out.text.size());
      done = match->end;
      if (match->end == in.size()) break;
      from = match->end > match->begin ? match->end : match->end + character_at(in, match->end).length;
    }
    copy(text, done, in.size(), out);
    text = std::move(out);
  }

 private:
  static void copy(const NormalText& in, size_t begin, size_t end, NormalText& out) {
    out.text.append(in.text, begin, end - begin);
    if (out.tracks) out.trust.append(in.trust, begin, end - begin);
  }

  Pattern pattern_;
  std::string content_;
};

class PrependText final : public Normalizer {
 public:
  explicit PrependText(std::string content) : content_(std::move(content)) {}
  void apply(NormalText& text) const override {
    if (text.text.empty()) return;
    check_size(text.text.size() + content_.size());
    text.text.insert(0, content_);
    if (text.tracks) text.trust.insert(0, content_.size(), text.trust[0]);
  }

 private:
  std::string content_;
};

class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  void apply(NormalText& text) const override {
    const std::string_view in = text.text;
    size_t begin = 0;
    size_t end = in.size();
    while (left_ && begin < end) {
      const Character character = character_at(in, begin);
      if (!is_white_space(character.code)) break;
      begin += character.length;
    }
    while (right_ && end > begin) {
      const Character character = character_before(in, end);
      if (!is_white_space(character.code)) break;
      end -= character.length;
    }
    text.text = text.text.substr(begin, end - begin);
    if (text.tracks) text.trust = text.trust.substr(begin, end - begin);
  }

 private:
  bool left_;
  bool right_;
};

}  // namespace

void NormalText::append(std::string_view made, const NormalText& in, size_t begin, size_t end) {
  text.append(made);
  if (!tracks) return;
  const std::string_view source = std::string_view(in.trust).substr(begin, end - begin);
  const bool trusted = source.find('\0') == std::string_view::npos;
  trust.append(made.size(), trusted ? '\1' : '\0');
}

std::unique_ptr<const Normalizer> unicode_form(UnicodeForm form) { return std::make_unique<Form>(form); }
std::unique_ptr<const Normalizer> lowercase() { return std::make_unique<Lowercase>(); }
std::unique_ptr<const Normalizer> replace(Pattern pattern, std::string content) {
  return std::make_unique<Replace>(std::move(pattern), std::move(content));
}
std::unique_ptr<const Normalizer> prepend(std::string content) {
  return std::make_unique<PrependText>(std::move(content));
}
std::unique_ptr<const Normalizer> strip(bool left, bool right) {
  return std::make_unique<Strip>(left, right);
}

}  // namespace auris::text
