#include "auris/eval/score/calibration_of.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "auris/eval/metrics/calibration.h"
#include "auris/eval/metrics/label_match.h"

namespace auris::eval {
namespace {

using Sums = std::vector<CalibrationSums>;
using Score = std::optional<double> (CalibrationSums::*)() const;

constexpr std::array<std::pair<const char*, Score>, 2> kScores{
    {{"ece", &CalibrationSums::expected_error}, {"brier", &CalibrationSums::brier}}};

auto value_of(Score score) {
  return [score](const CalibrationSums& sums) {
    return (sums.*score)().value_or(std::numeric_limits<double>::quiet_NaN());
  };
}

bool any(const Sums& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [](const CalibrationSums& item) { return item.count() > 0; });
}

}  // namespace

Sums calibration_parts(const Group& group) {
  const LabelMatcher matcher(group.variant.labels);
  Sums parts(group.items.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    const std::map<std::string, double>& given = group.items[i].probabilities;
    const std::optional<size_t> truth = matcher.label_of(group.items[i].item.answer);
    if (given.empty() || !truth) continue;
    std::vector<double> probabilities;
    for (const data::Label& label : group.variant.labels) {
      const auto found = given.find(label.name);
      probabilities.push_back(found == given.end() ? 0 : found->second);
    }
    parts[i] = calibration_sums(probabilities, *truth);
  }
  return parts;
}

std::vector<MetricValue> calibration_of(const Sums& parts, const std::vector<int64_t>& blocks,
                                        const BootstrapOptions& options) {
  std::vector<MetricValue> values;
  if (!any(parts)) return values;
  for (const auto& [name, score] : kScores) {
    const BootstrapEstimate estimate = bootstrap<CalibrationSums>(parts, value_of(score), blocks, options);
    values.push_back(
        {.metric = name, .value = estimate.value, .interval = estimate.interval, .blocks = estimate.blocks});
  }
  return values;
}

std::vector<CalibrationComparison> compare_calibration(const Sums& first, const Sums& second,
                                                       const std::vector<int64_t>& blocks,
                                                       const BootstrapOptions& options) {
  std::vector<CalibrationComparison> comparisons;
  if (!any(first) || !any(second)) return comparisons;
  for (const auto& [name, score] : kScores) {
    const auto value = value_of(score);
    comparisons.push_back(
        {.metric = name,
         .first = value(sum_of(std::span<const CalibrationSums>(first))),
         .second = value(sum_of(std::span<const CalibrationSums>(second))),
         .paired = paired_bootstrap<CalibrationSums>(first, second, value, blocks, options)});
  }
  return comparisons;
}

}  // namespace auris::eval
