#pragma once
// Items that are scored together: those of one task, variant and configuration.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "auris/data/tasks/task.h"
#include "auris/eval/score/scorer.h"

namespace auris::eval {

struct Group {
  const data::Task& task;
  const data::TaskVariant& variant;
  std::span<const AnsweredItem> items;
  std::vector<std::string> answers;  // valid UTF-8; empty where there is none
  // By speaker, one for each item; items of unknown speakers stand for themselves. Nothing if there is only
  // one speaker: that says nothing about others, but resampling needs two blocks, so it draws items.
  std::vector<int64_t> blocks;
};

// Sorted by task, variant and configuration; otherwise in their order.
std::vector<AnsweredItem> sorted_by_group(std::vector<AnsweredItem> items);
// The runs of one task, variant and configuration.
std::vector<std::span<const AnsweredItem>> groups_of(std::span<const AnsweredItem> sorted);
// kUsage if the task or variant is not known. `items` is not empty and stays.
Group make_group(std::span<const AnsweredItem> items);

}  // namespace auris::eval
