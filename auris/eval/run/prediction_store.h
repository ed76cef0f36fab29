#pragma once
// Answers of a system under test, one JSON object a line, appended as they come: what was killed loses the
// item in flight and nothing else. An answer belongs to a key made from all that could change it (system.h),
// not to a place in a list.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/line_file.h"

namespace auris::eval {

struct Prediction {
  std::string key = {};   // SHA-256
  std::string item = {};  // its id
  std::string answer = {};
  std::string transcript = {};  // what the system heard, if it writes that down
  std::string error = {};       // why there is no answer
  bool truncated = false;       // the answer hit its limit of tokens
  double seconds = 0;
  std::map<std::string, double> probabilities = {};  // of each label, if the system chose from the labels

  bool operator==(const Prediction&) const = default;
};

class PredictionStore {
 public:
  // Reads what is there; a last line without its end is cut off, other damaged lines are counted and left
  // alone. kInput if the file cannot be read or written, or somebody else has it open.
  explicit PredictionStore(const std::filesystem::path& path);

  // What the system was when it last answered (System::settings()); null before begin().
  const nlohmann::ordered_json& settings() const { return settings_; }
  // Notes the settings that the answers to come belong to, unless they are those noted last.
  void begin(const nlohmann::ordered_json& settings);

  // nullptr if there is none. Stays valid.
  const Prediction* find(const std::string& key) const;
  // On the disk when it returns. A key may come again: the last one counts.
  void add(const Prediction& prediction);

  size_t size() const { return by_key_.size(); }
  int64_t damaged_lines() const { return damaged_lines_; }

 private:
  void take_line(std::string_view line);

  int64_t damaged_lines_ = 0;
  nlohmann::ordered_json settings_;
  std::unordered_map<std::string, Prediction> by_key_;
  LineFile file_;  // read into the members above while it is opened
};

}  // namespace auris::eval
