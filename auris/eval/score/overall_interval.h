#pragma once
// How sure a system's overall score is, and the difference of two systems' scores.
//
// Method "auris-overall-interval-1": a percentile bootstrap over the blocks of the tasks' intervals, which
// are speakers (items where those are not known, or where a group has only one speaker). Each resample draws
// as many blocks as there are in the whole data set, once for all groups, so that a speaker or clip that is
// asked about in several tasks and configurations counts in all of them as often; a group of which no block
// was drawn draws as many as it has among its own. Each group's first metric is computed over its blocks, and
// the overall score by the formula of overall.h. Tasks and sources are taken as they are: the interval says
// what other speakers would change, not other tasks.

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/eval/score/scorer.h"
#include "auris/eval/statistics/bootstrap.h"

namespace auris::eval {

inline constexpr std::string_view kOverallInterval = "auris-overall-interval-1";
// The method in one paragraph, for readers of a report.
std::string_view overall_interval_method();

// overall(score(items)).points with its interval; NaN without a group that has a metric, and no interval with
// fewer than two blocks.
BootstrapEstimate overall_estimate(const std::vector<AnsweredItem>& items,
                                   const BootstrapOptions& options = {});
// Second minus first, with the same draws for both. kUsage unless both have the same items in the same order.
PairedEstimate compare_overall(const std::vector<AnsweredItem>& first,
                               const std::vector<AnsweredItem>& second, const BootstrapOptions& options = {});

// {points, low, high, blocks, formula, method}, null for what is no number.
nlohmann::ordered_json overall_json(const BootstrapEstimate& estimate);
// {difference, low, high, probability_lower, blocks}
nlohmann::ordered_json overall_json(const PairedEstimate& paired);

}  // namespace auris::eval
