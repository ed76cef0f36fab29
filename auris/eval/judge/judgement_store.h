#pragma once
// Judgements, kept as they come (base/keyed_lines.h). A judgement belongs to a key made from all that could
// change it, so that the same answer is judged once, whoever gave it.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/base/keyed_lines.h"
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

struct JudgementForm {
  using Record = Judgement;
  static constexpr const char* kRecord = "judgement";
  static nlohmann::ordered_json to_json(const Judgement& judgement);
  static Judgement from_json(const nlohmann::json& value);
};

// Its settings are those of the judge that judged last.
using JudgementStore = KeyedLines<JudgementForm>;

// kInput if there is no such file: a store would make it.
JudgementStore read_judgements(const std::filesystem::path& path);

// SHA-256 over settings, task and its version, question, transcript, references and answers, and the turns
// before.
std::string judgement_key(const nlohmann::ordered_json& settings, const data::Item& item,
                          const std::vector<std::string>& answers);

}  // namespace auris::eval
