#pragma once
// How far the probabilities of a group's answers can be trusted.

#include <cstdint>
#include <string>
#include <vector>

#include "auris/eval/score/group.h"

namespace auris::eval {

// One for each item; of items without probabilities empty ones. A label without a probability counts as 0.
std::vector<CalibrationSums> calibration_parts(const Group& group);

// GroupScore::calibration from them.
std::vector<MetricValue> calibration_of(const std::vector<CalibrationSums>& parts,
                                        const std::vector<int64_t>& blocks, const BootstrapOptions& options);

// Two systems: "ece" and "brier", second minus first; nothing unless both have probabilities.
struct CalibrationComparison {
  std::string metric;
  double first = 0, second = 0;
  PairedEstimate paired;
};
std::vector<CalibrationComparison> compare_calibration(const std::vector<CalibrationSums>& first,
                                                       const std::vector<CalibrationSums>& second,
                                                       const std::vector<int64_t>& blocks,
                                                       const BootstrapOptions& options);

}  // namespace auris::eval
