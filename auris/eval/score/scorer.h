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
#include "auris/eval/metrics/calibration.h"
#include "auris/eval/statistics/bootstrap.h"

namespace auris::eval {

struct AnsweredItem {
  data::Item item;
  std::optional<std::string> answer;                 // nothing if the system failed or was not asked
  std::optional<double> snr_db = {};                 // of the recording, where it was measured
  std::map<std::string, double> probabilities = {};  // of each label, if the system chose from the labels
  std::optional<double> judged = {};                 // the judge's score from 0 to 1, where it gave one
};

enum class ScoreMode {
  kCorrected,  // what to believe
  // As LLaSO's released scripts score (metrics/llaso.h), defects included; only their metrics: word,
  // character and phone error rates, accuracy, errors of numbers.
  kLlaso,
};
// "corrected" or "llaso"; kUsage for another name.
ScoreMode score_mode_named(std::string_view name);

struct MetricValue {
  std::string metric;  // "wer"; rates and accuracies from 0 to 1, BLEU and chrF from 0 to 100
  double value = 0;
  Interval interval;
  int64_t blocks = 0;  // speakers, or items where those are not known
};

// The group's first metric over a part of its items, without an interval.
struct BreakdownPart {
  std::string name;  // "2-5 s", "en", "anna"; "unknown" where that is not known
  int64_t items = 0;
  int64_t missing = 0;
  double value = 0;  // NaN if there is nothing to divide by
};

// Every item is in exactly one part.
struct Breakdown {
  std::string by;  // "duration", "snr", "language", "source", "speaker"
  std::string metric;
  std::vector<BreakdownPart>
      parts;  // durations and ratios from low to high, names by alphabet, "unknown" last
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
  std::vector<Breakdown> breakdowns;  // by what is known of any item
  // "ece" from 0 to 1 and "brier" from 0 to 2 (metrics/calibration.h), over the items that have
  // probabilities; nothing if none has.
  std::vector<MetricValue> calibration = {};
  CalibrationSums reliability = {};  // what those are made of: confidence and accuracy by bins
};

struct ScoreOptions {
  ScoreMode mode = ScoreMode::kCorrected;
  BootstrapOptions bootstrap = {};
};

// Groups in order of task, variant and configuration. All items count: an answer that is missing is scored as
// an empty one.
std::vector<GroupScore> score(const std::vector<AnsweredItem>& items, const ScoreOptions& options = {});

nlohmann::ordered_json to_json(const GroupScore& score);

// A reliability diagram: bins with items, from low to high, [{items, confidence, accuracy}] with the means
// over the items; empty without items.
nlohmann::ordered_json reliability_json(const CalibrationSums& sums);

}  // namespace auris::eval
