#pragma once
// Files of JSON records: one a line or, if `lists` are allowed and '[' comes first, the elements of one list.
// A record that is none does not spoil the others: it is rejected with its line and the reason, and records +
// rejected + blank lines are always all lines (or elements).

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

struct RecordLimits {
  size_t max_bytes = 1 << 20;  // of a record
  int max_depth = 8;
  bool lists = false;
};

class RecordReader {
 public:
  // `where` names the file in messages; may be empty.
  RecordReader(std::istream& file, std::string where, RecordLimits limits = {})
      : bytes_(*file.rdbuf()), where_(std::move(where)), limits_(limits) {}

  // The next record, parsed; false at the end. What is no JSON is rejected ("no_json") and passed over; so
  // are the missing end of a list ("open_list") and text behind it ("text_behind_list").
  bool next(nlohmann::json& value, const RejectionSink& rejected);

  RecordCounts& counts() { return counts_; }
  int64_t line() const { return begin_; }  // where the record begins, from 1
  std::string number() const;              // "line 7"
  std::string place() const;               // "texts.jsonl, line 7"

 private:
  enum class Form { kUnknown, kLines, kList, kEnded };

  int take();
  void keep(int c);
  void begin();
  bool next_text(const RejectionSink& rejected);
  bool next_line();
  bool next_element(const RejectionSink& rejected);
  void end_list(const RejectionSink& rejected);
  void reject(const RejectionSink& rejected, const char* reason, std::string detail);

  std::streambuf& bytes_;
  std::string where_;
  RecordLimits limits_;
  Form form_ = Form::kUnknown;
  std::string text_;
  bool too_long_ = false;
  int64_t line_ = 1;   // of the next byte
  int64_t begin_ = 0;  // of the record
  int64_t elements_ = 0;
  RecordCounts counts_;
};

// Every record once by its `id`. `parse` makes one of a line's JSON and throws kInput if it cannot; such
// lines are rejected under the name `no_record`, and those with an id that was there as "repeated_id".
template <class Record>
RecordCounts read_records(std::istream& lines, const std::string& where, const char* no_record,
                          Record (*parse)(const nlohmann::json&, const std::string&),
                          const std::function<void(Record)>& sink, const RejectionSink& rejected) {
  RecordReader reader(lines, where);
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
