#pragma once
// Python's string methods on texts that keep their origin.

#include <cstdint>
#include <optional>
#include <vector>

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/sourced_text.h"

namespace auris::text::jinja {

enum class Side { kLeft, kRight, kBoth };
// str.strip and its sisters; `characters` null = white space.
SourcedText strip(const SourcedText& text, const SourcedText* characters, Side side, Budget& budget);

// str.split / str.rsplit (Side::kRight); `separator` null = runs of white space; max_splits < 0 = all.
std::vector<SourcedText> split(const SourcedText& text, const SourcedText* separator, int64_t max_splits,
                               Side side, Budget& budget);
std::vector<SourcedText> split_lines(const SourcedText& text, bool keep_ends, Budget& budget);
// str.replace; count < 0 = all.
SourcedText replace(const SourcedText& text, const SourcedText& old_part, const SourcedText& new_part,
                    int64_t count, Budget& budget);
// str.find / str.rfind from character `start` to `stop`: a character index or -1.
int64_t find(const SourcedText& text, const SourcedText& part, int64_t start, int64_t stop, bool last,
             Budget& budget);
// str.count.
int64_t count_parts(const SourcedText& text, const SourcedText& part, Budget& budget);

// All characters (at least one) fulfil the predicate: str.isdigit and so on.
bool all_characters(const SourcedText& text, bool (*predicate)(int32_t), Budget& budget);
// str.isupper / str.islower: some cased character, and all of them are.
bool all_cased(const SourcedText& text, bool (*predicate)(int32_t), Budget& budget);

// jinja2's title filter: words begin behind white space, '-' and opening brackets.
SourcedText title_words(const SourcedText& text, Budget& budget);
// jinja2's indent filter.
SourcedText indent(const SourcedText& text, const SourcedText& indention, bool first, bool blank,
                   Budget& budget);
// jinja2's escape filter.
SourcedText escape_html(const SourcedText& text, Budget& budget);

}  // namespace auris::text::jinja
