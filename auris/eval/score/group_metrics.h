#pragma once
// One metric over one group of items, which all belong to one variant of one task.

#include <map>
#include <span>
#include <string>
#include <vector>

#include "auris/data/tasks/task.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct Group {
  const data::TaskVariant& variant;
  std::span<const AnsweredItem> items;
  std::vector<int64_t> blocks;       // by speaker; one for each item
  std::vector<std::string> answers;  // empty where there is none
};

// `details` gets what the metric knows beside its value.
MetricValue group_metric(data::Metric metric, const Group& group, const BootstrapOptions& options,
                         std::map<std::string, double>& details);

}  // namespace auris::eval
