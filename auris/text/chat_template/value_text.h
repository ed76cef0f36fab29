#pragma once
// Values as text: Python's str() and repr(), and json.dumps().

#include "auris/text/chat_template/budget.h"
#include "auris/text/chat_template/value.h"

namespace auris::text::jinja {

// str(value): what {{ value }} prints.
void append_text(const Value& value, TextBuilder& out, Budget& budget);
SourcedText text_of(const Value& value, Budget& budget);

struct JsonStyle {
  bool ascii_only = false;
  bool sort_keys = false;
  bool has_indent = false;
  SourcedText indent;          // repeated once a level, when has_indent
  SourcedText item_separator;  // Python: ", ", or "," with an indent
  SourcedText key_separator;   // Python: ": "
};
// json.dumps(value). Throws Failure for values that JSON cannot hold.
SourcedText json_text(const Value& value, const JsonStyle& style, Budget& budget);

}  // namespace auris::text::jinja
