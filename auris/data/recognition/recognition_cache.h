#pragma once
// What was heard in recordings, kept in a file of JSON lines: listening takes long, and an audit that was
// interrupted, or is done again with other limits, asks only what is new.

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "auris/base/line_file.h"

namespace auris::data {

struct Heard {
  std::string text;
  std::string language;             // ISO 639-1; empty for nothing heard
  double language_probability = 0;  // 0 if the language was not detected but given
  bool operator==(const Heard&) const = default;
};

class RecognitionCache {
 public:
  // Reads what is there; damaged lines are counted and left alone. kInput as LineFile.
  explicit RecognitionCache(const std::filesystem::path& path);

  // SHA-256 over the recognizer's settings, the decoded recording's hash and the language asked for.
  static std::string key_of(const nlohmann::ordered_json& settings, const std::string& content,
                            const std::string& language);

  // nullptr if there is none. Stays valid.
  const Heard* find(const std::string& key) const;
  // On the disk when it returns.
  void add(const std::string& key, const Heard& heard);

  size_t size() const { return by_key_.size(); }
  int64_t damaged_lines() const { return damaged_lines_; }

 private:
  void take_line(std::string_view line);

  int64_t damaged_lines_ = 0;
  std::unordered_map<std::string, Heard> by_key_;
  LineFile file_;  // read into the members above while it is opened
};

}  // namespace auris::data
