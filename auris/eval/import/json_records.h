#pragma once
// The records of a text that is either a JSON list or JSON lines, each as it stands there and with its line,
// so that one that is broken does not spoil the others.

#include <cstdint>
#include <string_view>
#include <vector>

namespace auris::eval {

struct JsonRecord {
  std::string_view text;  // without white space at its ends; any bytes, not checked
  int64_t line = 0;       // where it begins, from 1
};

struct JsonRecords {
  std::vector<JsonRecord> records;
  // Of a list: that its end is missing, and the line of what follows it (0 = nothing).
  bool open = false;
  int64_t text_behind = 0;
  int64_t last_line = 1;
};

// A list if '[' comes first, lines otherwise. Lines end at "\n" alone; blank ones are left out. Elements of a
// list end at a comma outside brackets and quotes; an empty one is a record without text.
JsonRecords json_records(std::string_view text);

}  // namespace auris::eval
