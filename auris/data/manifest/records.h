#pragma once
// Files of JSON lines, one record each. Lines that are no records are not lost: each is rejected with its
// number and the reason, and records + rejected + blank lines are always all lines.

#include <functional>
#include <istream>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/data/manifest/rejections.h"

namespace auris::data {

struct RecordCounts {
  int64_t lines = 0, records = 0, rejected = 0, blank = 0;
};

class RecordLines {
 public:
  // `where` names the file in messages.
  RecordLines(std::istream& lines, std::string where) : lines_(lines), where_(std::move(where)) {}

  // The next line that is not blank, parsed; false at the end. Lines that are no JSON are rejected
  // ("no_json") and passed over.
  bool next(nlohmann::json& value, const RejectionSink& rejected);

  RecordCounts& counts() { return counts_; }
  std::string number() const;  // "line 7"
  std::string place() const;   // "texts.jsonl, line 7"

 private:
  bool next_line();

  std::istream& lines_;
  std::string where_;
  std::string line_;
  bool too_long_ = false;
  RecordCounts counts_;
};

// Every record once by its `id`. `parse` makes one of a line's JSON and throws kInput if it cannot; such
// lines are rejected under the name `no_record`, and those with an id that was there as "repeated_id".
template <class Record>
RecordCounts read_records(std::istream& lines, const std::string& where, const char* no_record,
                          Record (*parse)(const nlohmann::json&, const std::string&),
                          const std::function<void(Record)>& sink, const RejectionSink& rejected) {
  RecordLines reader(lines, where);
  std::unordered_set<std::string> ids;
  const auto reject = [&](Rejection rejection) {
    ++reader.counts().rejected;
    rejected(std::move(rejection));
  };
  nlohmann::json value;
  while (reader.next(value, rejected)) {
    std::optional<Record> record;
    try {
      record = parse(value, reader.place());
    } catch (const Error& error) {
      reject({reader.number(), no_record, error.what()});
      continue;
    }
    if (!ids.insert(record->id).second) {
      reject({record->id, "repeated_id", reader.place() + ": the id was there before"});
      continue;
    }
    ++reader.counts().records;
    sink(std::move(*record));
  }
  return reader.counts();
}

}  // namespace auris::data
