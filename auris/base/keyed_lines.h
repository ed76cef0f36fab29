#pragma once
// Records under keys in a file that grows, one JSON object a line, appended as they come: what was killed
// loses the record in flight and nothing else. A key is made from all that could change its record, so that a
// record belongs to its question, not to a place in a list.
//
//   struct PredictionForm {
//     using Record = Prediction;                              // has a member `std::string key`
//     static constexpr const char* kRecord = "prediction";    // for messages; the file holds "predictions"
//     static nlohmann::ordered_json to_json(const Prediction&);
//     static Prediction from_json(const nlohmann::json&);     // throws Error for what is no such record
//   };
//   using PredictionStore = KeyedLines<PredictionForm>;

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <nlohmann/json.hpp>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/line_file.h"

namespace auris {

template <class Form>
class KeyedLines {
 public:
  using Record = typename Form::Record;

  // Reads what is there; a last line without its end is cut off, other damaged lines are counted and left
  // alone. kInput if the file cannot be read or written, or somebody else has it open.
  explicit KeyedLines(const std::filesystem::path& path)
      : file_(path, std::string(Form::kRecord) + "s", ErrorCode::kInput,
              [this](std::string_view line) { take_line(line); }) {}

  // What made the records: of the last begin(), null before the first.
  const nlohmann::ordered_json& settings() const { return settings_; }
  // Notes the settings that the records to come belong to, unless they are those noted last.
  void begin(const nlohmann::ordered_json& settings) {
    if (settings.dump() == settings_.dump()) return;
    file_.add(line_of(settings));
    settings_ = settings;
  }

  // nullptr if there is none. Stays valid.
  const Record* find(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? nullptr : &found->second;
  }
  // On the disk when it returns. A key may come again: the last one counts.
  void add(const Record& record) {
    file_.add(line_of(record));
    by_key_[record.key] = record;
  }

  size_t size() const { return by_key_.size(); }
  int64_t damaged_lines() const { return damaged_lines_; }

  // The lines of begin() and add(), for files that are written at once.
  static std::string line_of(const nlohmann::ordered_json& settings) {
    return json_line({{"settings", settings}});
  }
  static std::string line_of(const Record& record) { return json_line(Form::to_json(record)); }

 private:
  void take_line(std::string_view line) {
    try {
      const nlohmann::json value = parse_json(line, Form::kRecord, ErrorCode::kInput, {.max_depth = 16});
      if (value.is_object() && value.size() == 1 && value.contains("settings")) {
        settings_ = nlohmann::ordered_json::parse(line).at("settings");  // in their order
        return;
      }
      Record record = Form::from_json(value);
      by_key_[record.key] = std::move(record);
    } catch (const Error&) {
      ++damaged_lines_;
    }
  }

  int64_t damaged_lines_ = 0;
  nlohmann::ordered_json settings_;
  std::unordered_map<std::string, Record> by_key_;
  LineFile file_;  // read into the members above while it is opened
};

}  // namespace auris
