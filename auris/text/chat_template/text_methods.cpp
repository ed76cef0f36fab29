#include "auris/text/chat_template/text_methods.h"

#include <algorithm>
#include <cstring>

#include "auris/text/chat_template/characters.h"

namespace auris::text::jinja {
namespace {

constexpr size_t kNotFound = std::string_view::npos;

bool is_stripped(std::string_view text, size_t offset, const SourcedText* characters) {
  if (!characters) return is_space(code_point(text, offset));
  std::string_view one = text.substr(offset, character_size(text, offset));
  std::string_view set = characters->view();
  for (size_t i = 0; i < set.size();) {
    size_t size = character_size(set, i);
    if (set.substr(i, size) == one) return true;
    i += size;
  }
  return false;
}

// memmem takes linear time whatever the needle; std::string_view::find does not.
size_t find_from(std::string_view text, std::string_view part, size_t start) {
  const void* found = memmem(text.data() + start, text.size() - start, part.data(), part.size());
  return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data()) : kNotFound;
}

SourcedText piece(const SourcedText& text, size_t begin, size_t end, Budget& budget) {
  budget.steps(8);
  budget.text(end - begin);
  return text.slice(begin, end);
}

// Borders of the words between white space, at most max_splits + 1 of them, the last one taking the rest.
std::vector<SourcedText> split_words(const SourcedText& text, int64_t max_splits, Budget& budget) {
  std::vector<SourcedText> out;
  std::string_view view = text.view();
  size_t i = 0;
  auto skip = [&](bool space) {
    while (i < view.size() && is_space(code_point(view, i)) == space) i += character_size(view, i);
  };
  for (skip(true); i < view.size(); skip(true)) {
    size_t begin = i;
    if (max_splits >= 0 && static_cast<int64_t>(out.size()) == max_splits) {
      out.push_back(piece(text, begin, view.size(), budget));
      break;
    }
    skip(false);
    out.push_back(piece(text, begin, i, budget));
  }
  return out;
}

std::vector<SourcedText> split_words_right(const SourcedText& text, int64_t max_splits, Budget& budget) {
  std::vector<SourcedText> out;
  std::string_view view = text.view();
  size_t end = view.size();
  auto skip = [&](bool space) {
    while (end > 0) {
      size_t previous = previous_character(view, end);
      if (is_space(code_point(view, previous)) != space) break;
      end = previous;
    }
  };
  for (skip(true); end > 0; skip(true)) {
    size_t word_end = end;
    if (max_splits >= 0 && static_cast<int64_t>(out.size()) == max_splits) {
      out.push_back(piece(text, 0, word_end, budget));
      break;
    }
    skip(false);
    out.push_back(piece(text, end, word_end, budget));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<size_t> positions_of(std::string_view text, std::string_view part, Budget& budget) {
  std::vector<size_t> out;
  for (size_t at = find_from(text, part, 0); at != kNotFound; at = find_from(text, part, at + part.size())) {
    budget.steps(1);
    out.push_back(at);
  }
  return out;
}

// Right to left, which finds other places when parts overlap.
std::vector<size_t> positions_from_right(std::string_view text, std::string_view part, int64_t most,
                                         Budget& budget) {
  std::vector<size_t> out;
  size_t end = text.size();
  while (end >= part.size() && (most < 0 || static_cast<int64_t>(out.size()) < most)) {
    budget.scan(end);
    size_t at = text.substr(0, end).rfind(part);
    if (at == kNotFound) break;
    out.push_back(at);
    end = at;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

bool is_word_border(int32_t code) {
  return is_space(code) || code == '-' || code == '(' || code == '{' || code == '[' || code == '<';
}

}  // namespace

SourcedText strip(const SourcedText& text, const SourcedText* characters, Side side, Budget& budget) {
  std::string_view view = text.view();
  size_t begin = 0, end = view.size();
  size_t cost = characters ? 1 + characters->size() / 16 : 1;
  if (side != Side::kRight) {
    while (begin < end && is_stripped(view, begin, characters)) {
      budget.steps(cost);
      begin += character_size(view, begin);
    }
  }
  while (side != Side::kLeft && begin < end) {
    size_t previous = previous_character(view, end);
    if (!is_stripped(view, previous, characters)) break;
    budget.steps(cost);
    end = previous;
  }
  return piece(text, begin, end, budget);
}

std::vector<SourcedText> split(const SourcedText& text, const SourcedText* separator, int64_t max_splits,
                               Side side, Budget& budget) {
  budget.scan(text.size());
  if (!separator) {
    return side == Side::kRight ? split_words_right(text, max_splits, budget)
                                : split_words(text, max_splits, budget);
  }
  if (separator->empty()) throw Failure{"a separator to split at", "an empty one"};
  std::vector<size_t> positions =
      side == Side::kRight && max_splits >= 0
          ? positions_from_right(text.view(), separator->view(), max_splits, budget)
          : positions_of(text.view(), separator->view(), budget);
  if (max_splits >= 0 && positions.size() > static_cast<size_t>(max_splits)) {
    positions.resize(static_cast<size_t>(max_splits));
  }
  std::vector<SourcedText> out;
  size_t begin = 0;
  for (size_t at : positions) {
    out.push_back(piece(text, begin, at, budget));
    begin = at + separator->size();
  }
  out.push_back(piece(text, begin, text.size(), budget));
  return out;
}

std::vector<SourcedText> split_lines(const SourcedText& text, bool keep_ends, Budget& budget) {
  std::vector<SourcedText> out;
  std::string_view view = text.view();
  budget.scan(view.size());
  size_t begin = 0;
  for (size_t i = 0; i < view.size();) {
    int32_t code = code_point(view, i);
    size_t end = i + character_size(view, i);
    if (!is_line_break(code)) {
      i = end;
      continue;
    }
    if (code == '\r' && end < view.size() && view[end] == '\n') ++end;
    out.push_back(piece(text, begin, keep_ends ? end : i, budget));
    begin = i = end;
  }
  if (begin < view.size()) out.push_back(piece(text, begin, view.size(), budget));
  return out;
}

SourcedText replace(const SourcedText& text, const SourcedText& old_part, const SourcedText& new_part,
                    int64_t count, Budget& budget) {
  TextBuilder out(budget);
  std::string_view view = text.view();
  budget.scan(view.size());
  size_t begin = 0;
  if (old_part.empty()) {  // between all characters
    for (int64_t done = 0; count < 0 || done < count; ++done) {
      budget.steps(1);
      out.append(new_part);
      if (begin >= view.size()) break;
      size_t end = begin + character_size(view, begin);
      out.append(text, begin, end);
      begin = end;
    }
  } else {
    for (int64_t done = 0; count < 0 || done < count; ++done) {
      size_t at = find_from(view, old_part.view(), begin);
      if (at == kNotFound) break;
      budget.steps(1);
      out.append(text, begin, at);
      out.append(new_part);
      begin = at + old_part.size();
    }
  }
  out.append(text, begin, view.size());
  return out.take();
}

int64_t find(const SourcedText& text, const SourcedText& part, int64_t start, int64_t stop, bool last,
             Budget& budget) {
  std::string_view view = text.view();
  budget.scan(view.size() * 2 + part.size());
  auto size = static_cast<int64_t>(count_characters(view));
  auto clamp = [&](int64_t index) { return std::clamp<int64_t>(index < 0 ? index + size : index, 0, size); };
  if (start > size) return -1;
  size_t begin = offset_of(view, static_cast<size_t>(clamp(std::max(start, -size))));
  size_t end = offset_of(view, static_cast<size_t>(clamp(std::max(stop, -size))));
  if (begin > end) return -1;
  std::string_view range = view.substr(begin, end - begin);
  if (last) budget.steps(range.size() * (1 + part.size() / 64) / 8);  // rfind may take quadratic time
  size_t at = last ? range.rfind(part.view()) : part.empty() ? 0 : find_from(range, part.view(), 0);
  return at == kNotFound ? -1 : static_cast<int64_t>(count_characters(view.substr(0, begin + at)));
}

int64_t count_parts(const SourcedText& text, const SourcedText& part, Budget& budget) {
  budget.scan(text.size());
  if (part.empty()) return static_cast<int64_t>(count_characters(text.view())) + 1;
  return static_cast<int64_t>(positions_of(text.view(), part.view(), budget).size());
}

bool all_characters(const SourcedText& text, bool (*predicate)(int32_t), Budget& budget) {
  budget.scan(text.size());
  for (size_t i = 0; i < text.size(); i += character_size(text.view(), i)) {
    if (!predicate(code_point(text.view(), i))) return false;
  }
  return !text.empty();
}

bool all_cased(const SourcedText& text, bool (*predicate)(int32_t), Budget& budget) {
  budget.scan(text.size());
  bool any = false;
  for (size_t i = 0; i < text.size(); i += character_size(text.view(), i)) {
    int32_t code = code_point(text.view(), i);
    if (code < 0 || !is_cased(code)) continue;
    if (!predicate(code)) return false;
    any = true;
  }
  return any;
}

SourcedText title_words(const SourcedText& text, Budget& budget) {
  TextBuilder out(budget);
  std::string_view view = text.view();
  for (size_t i = 0; i < view.size();) {
    size_t first = i + character_size(view, i);
    bool border = is_word_border(code_point(view, i));
    size_t end = first;
    while (end < view.size() && is_word_border(code_point(view, end)) == border)
      end += character_size(view, end);
    out.append(map_case(text.slice(i, first), Case::kUpper, budget));
    out.append(map_case(text.slice(first, end), Case::kLower, budget));
    i = end;
  }
  return out.take();
}

SourcedText indent(const SourcedText& text, const SourcedText& indention, bool first, bool blank,
                   Budget& budget) {
  TextBuilder out(budget);
  // jinja2 adds a line end first, so that splitlines() shows a last empty line.
  SourcedText source = text;
  source.append("\n", true);
  std::vector<SourcedText> lines = split_lines(source, false, budget);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (i > 0) out.append("\n", true);
    if (i == 0 ? first : blank || !lines[i].empty()) out.append(indention);
    out.append(lines[i]);
  }
  return out.take();
}

SourcedText escape_html(const SourcedText& text, Budget& budget) {
  TextBuilder out(budget);
  TrustCursor trust(text);
  for (size_t i = 0; i < text.size(); ++i) {
    bool trusted = trust.at(i);
    switch (text.view()[i]) {
      case '&': out.append("&amp;", trusted); break;
      case '<': out.append("&lt;", trusted); break;
      case '>': out.append("&gt;", trusted); break;
      case '\'': out.append("&#39;", trusted); break;
      case '"': out.append("&#34;", trusted); break;
      default: out.append(text.view().substr(i, 1), trusted);
    }
  }
  return out.take();
}

}  // namespace auris::text::jinja
