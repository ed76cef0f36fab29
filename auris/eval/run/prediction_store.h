#pragma once
// Answers of a system under test, kept as they come (base/keyed_lines.h). An answer belongs to a key made
// from all that could change it (system.h).

#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "auris/base/keyed_lines.h"

namespace auris::eval {

struct Prediction {
  std::string key = {};   // SHA-256
  std::string item = {};  // its id
  std::string answer = {};
  std::string transcript = {};                       // what the system heard, if it writes that down
  std::string error = {};                            // why there is no answer
  bool truncated = false;                            // the answer hit its limit of tokens
  double seconds = 0;                                // to answer, without what was heard before
  std::map<std::string, double> probabilities = {};  // of each label, if the system chose from the labels

  bool operator==(const Prediction&) const = default;
};

struct PredictionForm {
  using Record = Prediction;
  static constexpr const char* kRecord = "prediction";
  static nlohmann::ordered_json to_json(const Prediction& prediction);
  static Prediction from_json(const nlohmann::json& value);
};

// Its settings are those of the system when it last answered (System::settings()).
using PredictionStore = KeyedLines<PredictionForm>;

}  // namespace auris::eval
