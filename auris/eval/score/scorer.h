#pragma once
// Scores of a system's answers, for each task, source and configuration: the metrics that the task names,
// each with its interval, and what hides behind an average.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/data/items/item.h"
#include "auris/eval/statistics/bootstrap.h"

namespace auris::eval {

struct AnsweredItem {
  data::Item item;
  std::optional<std::string> answer;  // nothing if the system failed or was not asked
};

struct MetricValue {
  std::string metric;  // "wer"; rates and accuracies from 0 to 1, BLEU and chrF from 0 to 100
  double value = 0;
  Interval interval;
  int64_t blocks = 0;  // speakers, or items where those are not known
};

struct GroupScore {
  std::string task, abbreviation, variant;
  data::Configuration configuration = data::Configuration::kTextAudio;
  int64_t items = 0;
  int64_t missing = 0;               // without an answer: they count as wrong or as said nothing
  int64_t empty = 0;                 // answered with nothing
  std::vector<MetricValue> metrics;  // as the task orders them; "judge" is left to the judge
  // "abstained", "coverage", "insertions", "deletions", "substitutions", "hallucinated": shares of items or
  // of reference units.
  std::map<std::string, double> details;
};

struct ScoreOptions {
  BootstrapOptions bootstrap = {};
};

// Groups in order of task, variant and configuration. All items count: an answer that is missing is scored as
// an empty one.
std::vector<GroupScore> score(const std::vector<AnsweredItem>& items, const ScoreOptions& options = {});

nlohmann::ordered_json to_json(const GroupScore& score);

}  // namespace auris::eval
