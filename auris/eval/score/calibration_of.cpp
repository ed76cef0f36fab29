#include "auris/eval/score/calibration_of.h"

#include <limits>

#include "auris/eval/metrics/calibration.h"
#include "auris/eval/metrics/label_match.h"

namespace auris::eval {
namespace {

using Sums = std::vector<CalibrationSums>;
using Score = std::optional<double> (CalibrationSums::*)() const;

MetricValue estimate_of(const char* name, Score score, const Sums& items, const Group& group,
                        const BootstrapOptions& options) {
  const auto value = [score](const CalibrationSums& sums) {
    return (sums.*score)().value_or(std::numeric_limits<double>::quiet_NaN());
  };
  const BootstrapEstimate estimate = bootstrap<CalibrationSums>(items, value, group.blocks, options);
  return {.metric = name, .value = estimate.value, .interval = estimate.interval, .blocks = estimate.blocks};
}

}  // namespace

std::vector<MetricValue> calibration_of(const Group& group, const BootstrapOptions& options) {
  const LabelMatcher matcher(group.variant.labels);
  Sums items(group.items.size());
  bool any = false;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::map<std::string, double>& given = group.items[i].probabilities;
    const std::optional<size_t> truth = matcher.label_of(group.items[i].item.answer);
    if (given.empty() || !truth) continue;
    std::vector<double> probabilities;
    for (const data::Label& label : group.variant.labels) {
      const auto found = given.find(label.name);
      probabilities.push_back(found == given.end() ? 0 : found->second);
    }
    items[i] = calibration_sums(probabilities, *truth);
    any = true;
  }
  if (!any) return {};
  return {estimate_of("ece", &CalibrationSums::expected_error, items, group, options),
          estimate_of("brier", &CalibrationSums::brier, items, group, options)};
}

}  // namespace auris::eval
