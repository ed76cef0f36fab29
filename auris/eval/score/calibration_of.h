#pragma once
// How far the probabilities of a group's answers can be trusted.

#include <vector>

#include "auris/eval/score/group.h"

namespace auris::eval {

// GroupScore::calibration. A label without a probability counts as 0.
std::vector<MetricValue> calibration_of(const Group& group, const BootstrapOptions& options);

}  // namespace auris::eval
