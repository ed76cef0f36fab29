#pragma once
// Judgements, one JSON object a line, appended as they come: what was killed loses the one in flight. A
// judgement belongs to a key made from all that could change it, so that the same answer is judged once,
// whoever gave it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/line_file.h"
#include "auris/data/items/item.h"

namespace auris::eval {

// One answer judged by itself, or two compared.
struct Judgement {
  std::string key = {};   // SHA-256
  std::string item = {};  // its id
  // Numbers of the judge's choices in the order of the votes, -1 for a reply without a verdict. Of two
  // answers: 0 the first is better, 1 the second, 2 neither, in whichever order they were shown.
  std::vector<int64_t> votes = {};
  // Of two answers: votes that were another one when the order was changed; they count as 2.
  int64_t order_dependent = 0;
  std::optional<double> score = {};  // 0 to 1; nothing if no vote has a verdict
  std::string error = {};            // why there is no vote
  double seconds = 0;

  bool operator==(const Judgement&) const = default;
};

class JudgementStore {
 public:
  // As PredictionStore.
  explicit JudgementStore(const std::filesystem::path& path);

  // Of the judge that judged last; null before begin().
  const nlohmann::ordered_json& settings() const { return settings_; }
  void begin(const nlohmann::ordered_json& settings);

  const Judgement* find(const std::string& key) const;  // nullptr if there is none
  void add(const Judgement& judgement);                 // on the disk when it returns

  size_t size() const { return by_key_.size(); }
  int64_t damaged_lines() const { return damaged_lines_; }

 private:
  void take_line(std::string_view line);

  int64_t damaged_lines_ = 0;
  nlohmann::ordered_json settings_;
  std::unordered_map<std::string, Judgement> by_key_;
  LineFile file_;  // read into the members above while it is opened
};

// kInput if there is no such file: a store would make it.
JudgementStore read_judgements(const std::filesystem::path& path);

// SHA-256 over settings, task and its version, question, transcript, references and answers.
std::string judgement_key(const nlohmann::ordered_json& settings, const data::Item& item,
                          const std::vector<std::string>& answers);

}  // namespace auris::eval
