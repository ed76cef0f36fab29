#pragma once
// One figure for a system, by a formula that is written down and has a version, so that figures of different
// reports can be compared or are known not to be.
//
// Formula "auris-overall-1". Each metric has a fixed range and becomes points from 0 to 100, which depend on
// no other system:
//   accuracy, tag_f1, slot_f1, rouge_l   100 * value
//   wer, cer, per                        100 * (1 - value), not below 0
//   bleu, chrf                           value
//   mae                                  100 * (1 - value / (maximum - minimum)) of the task's range
//   score_mae                            100 * (1 - value / 10)
// A group (task, source, configuration) has the points of its first metric. A task in one configuration has
// the mean over its sources, a task the mean over its configurations, the system the mean over its tasks.
// Answers that are missing count as wrong. Tasks that only a judge can score are left out.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auris/eval/score/scorer.h"

namespace auris::eval {

inline constexpr std::string_view kOverallFormula = "auris-overall-1";
// The formula in one paragraph, for readers of a report.
std::string_view overall_formula();

struct TaskPoints {
  std::string task, abbreviation;
  std::optional<data::Configuration> configuration = {};  // nothing: over all
  double points = 0;                                      // NaN where nothing can be divided by
  double abstention = 0;                                  // share of the items, 0 to 1
};

struct OverallScore {
  double points = 0;  // NaN without a task that has a metric
  // Share of tasks and configurations in which the system gave an answer that can be used to at least half of
  // the items.
  double coverage = 0;
  double abstention = 0;                   // mean over tasks
  std::vector<TaskPoints> tasks;           // in order of their ids
  std::vector<TaskPoints> configurations;  // for each task, in order
};

// Of one metric's value; NaN for NaN.
double points_of(const std::string& metric, double value, const data::TaskVariant& variant);
// Nothing for a group without a metric.
std::optional<double> points_of(const GroupScore& score);
struct PointsInterval {
  double low = 0, high = 0;  // NaN if there is no interval
};
std::optional<PointsInterval> points_interval_of(const GroupScore& score);

// Share of the group's items without an answer that can be used: missing, empty, or naming no label or
// number.
double abstention_of(const GroupScore& score);

OverallScore overall(const std::vector<GroupScore>& scores);

// As LLaSO describes its overall score (its formula is not released): for each task 0 for the worst of these
// systems and 1 for the best, then the mean over tasks. Depends on who takes part; tasks in which all are
// equal are left out. NaN where no task is left. All must have the same tasks (kUsage).
std::vector<double> min_max_scores(const std::vector<OverallScore>& systems);

}  // namespace auris::eval
