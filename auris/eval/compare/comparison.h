#pragma once
// Two systems on the same items: how much they differ, for each metric of each task, source and
// configuration, and how sure that is.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/eval/score/scorer.h"
#include "auris/eval/statistics/bootstrap.h"
#include "auris/eval/statistics/mapsswe.h"

namespace auris::eval {

struct MetricComparison {
  std::string metric;           // "wer"
  bool less_is_better = false;  // error rates
  double first = 0, second = 0;
  // By paired bootstrap over the same speakers (items where those are not known); second minus first.
  PairedEstimate paired;
  // Word and phone error rates: matched pairs of segments. Not in LLaSO's mode, which takes answers for
  // references, so that the two systems have none in common.
  std::optional<MatchedPairs> matched = {};
  // The smallest difference that as many blocks show 4 times in 5 (two-sided, 5 %), from what the blocks'
  // differences deviate here (statistics/detectable.h). Not for BLEU and chrF.
  std::optional<double> detectable = {};

  // Whether 0 lies outside the interval. Of 20 comparisons of equal systems about one seems different.
  bool differs() const;
  // +1 if the second is better, -1 if the first is, 0 if no difference was found.
  int better() const;
};

struct GroupComparison {
  std::string task, abbreviation, variant;
  data::Configuration configuration = data::Configuration::kTextAudio;
  int64_t items = 0;
  int64_t first_missing = 0, second_missing = 0;  // without an answer: they count as wrong, as in a score
  // As the task orders them; "ece" and "brier" behind them if both systems chose from labels.
  std::vector<MetricComparison> metrics;
};

// Groups in order of task, variant and configuration. kUsage unless both have the same items in the same
// order.
std::vector<GroupComparison> compare(const std::vector<AnsweredItem>& first,
                                     const std::vector<AnsweredItem>& second,
                                     const ScoreOptions& options = {});

nlohmann::ordered_json to_json(const GroupComparison& comparison);

// A table in Markdown: a line for each metric of each group. `first` and `second` name the systems.
std::string to_markdown(const std::vector<GroupComparison>& comparisons, const std::string& first,
                        const std::string& second);

}  // namespace auris::eval
