#pragma once
// A metric over parts of a group: where the errors are.

#include "auris/eval/score/metric_parts.h"

namespace auris::eval {

// By duration, signal-to-noise ratio, language, source and speaker, as far as they are known of any item.
std::vector<Breakdown> breakdowns(const Group& group, data::Metric metric, const MetricParts& parts);

}  // namespace auris::eval
