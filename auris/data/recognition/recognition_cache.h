#pragma once
// What was heard in recordings, kept in a file of JSON lines: listening takes long, and an audit that was
// interrupted, or is done again with other limits, asks only what is new.

#include <string>

#include <nlohmann/json.hpp>

#include "auris/base/keyed_lines.h"

namespace auris::data {

struct Heard {
  std::string key = {};  // heard_key()
  std::string text = {};
  std::string language = {};        // ISO 639-1; empty for nothing heard
  double language_probability = 0;  // 0 if the language was not detected but given

  bool operator==(const Heard&) const = default;
};

struct HeardForm {
  using Record = Heard;
  static constexpr const char* kRecord = "recognition";
  static nlohmann::ordered_json to_json(const Heard& heard);
  static Heard from_json(const nlohmann::json& value);
};
using RecognitionCache = KeyedLines<HeardForm>;

// SHA-256 over the recognizer's settings, the decoded recording's hash and the language asked for.
std::string heard_key(const nlohmann::ordered_json& settings, const std::string& content,
                      const std::string& language);

}  // namespace auris::data
