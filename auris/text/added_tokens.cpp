#include "auris/text/added_tokens.h"

#include <utf8proc.h>

#include <algorithm>

#include "auris/text/utf8.h"

namespace auris::text {
namespace {

// \w of the reference's matcher, near enough for a border test: letters, marks, decimal digits, connectors.
bool is_word_character(char32_t code) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return false;
  }
}

bool stands_alone(std::string_view text, size_t begin, size_t end) {
  const bool before = begin > 0 && is_word_character(character_before(text, begin).code);
  const bool after = end < text.size() && is_word_character(character_at(text, end).code);
  return !before && !after;
}

size_t skip_space_left(std::string_view text, size_t begin, size_t limit) {
  while (begin > limit) {
    const Character character = character_before(text, begin);
    if (!is_white_space(character.code)) break;
    begin -= character.length;
  }
  return begin;
}

size_t skip_space_right(std::string_view text, size_t end) {
  while (end < text.size()) {
    const Character character = character_at(text, end);
    if (!is_white_space(character.code)) break;
    end += character.length;
  }
  return end;
}

}  // namespace

bool is_layout(const AddedToken& token) {
  if (token.special) return false;
  for (size_t i = 0; i < token.content.size();) {
    const Character character = character_at(token.content, i);
    if (!is_white_space(character.code) && character.code != 0x2581) return false;
    i += character.length;
  }
  return true;
}

AddedTokenMatcher::AddedTokenMatcher(std::vector<AddedToken> tokens) : tokens_(std::move(tokens)) {
  std::vector<std::pair<std::string_view, int32_t>> all;
  std::vector<std::pair<std::string_view, int32_t>> layout;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    all.emplace_back(tokens_[i].content, static_cast<int32_t>(i));
    if (is_layout(tokens_[i])) layout.push_back(all.back());
  }
  all_ = PrefixIndex(std::move(all));
  layout_ = PrefixIndex(std::move(layout));
}

const AddedToken* AddedTokenMatcher::longest_at(std::string_view text, bool trusted) const {
  const AddedToken* best = nullptr;
  (trusted ? all_ : layout_).each_prefix(text, [&](int32_t index, size_t) {
    best = &tokens_[static_cast<size_t>(index)];
  });
  return best;
}

std::vector<Stretch> AddedTokenMatcher::cut(std::string_view text,
                                            const std::vector<MarkedText::Range>& trusted) const {
  std::vector<Stretch> out;
  size_t done = 0;
  auto range = trusted.begin();
  for (size_t i = 0; i < text.size() && !tokens_.empty();) {
    while (range != trusted.end() && range->end <= i) ++range;
    const bool inside = range != trusted.end() && range->begin <= i;
    if (!inside && layout_.empty()) {  // nothing to find before the next range
      if (range == trusted.end()) break;
      i = range->begin;
      continue;
    }
    const AddedToken* found = longest_at(inside ? text.substr(i, range->end - i) : text.substr(i), inside);
    if (!layout_.empty() && inside && range->end < text.size()) {  // a layout token may run out of the range
      const AddedToken* layout = longest_at(text.substr(i), false);
      if (layout && (!found || layout->content.size() > found->content.size())) found = layout;
    }
    if (!found) {
      ++i;
      continue;
    }
    const size_t next = i + found->content.size();
    if (found->single_word && !stands_alone(text, i, next)) {
      i = next;
      continue;
    }
    const size_t begin = found->left_strip ? skip_space_left(text, i, done) : i;
    const size_t end = found->right_strip ? skip_space_right(text, next) : next;
    if (begin > done) out.push_back({done, begin, -1});
    out.push_back({begin, end, found->id});
    done = i = end;
  }
  if (done < text.size()) out.push_back({done, text.size(), -1});
  return out;
}

}  // namespace auris::text
