#include "auris/eval/score/group.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <unordered_map>

#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

auto key_of(const AnsweredItem& answered) {
  return std::tie(answered.item.task, answered.item.variant, answered.item.configuration);
}

std::vector<int64_t> blocks_of(std::span<const AnsweredItem> items) {
  std::unordered_map<std::string, int64_t> speakers;
  std::vector<int64_t> blocks;
  int64_t alone = -1;
  for (const AnsweredItem& answered : items) {
    const std::string& speaker = answered.item.speaker;
    blocks.push_back(speaker.empty() ? alone--
                                     : speakers.try_emplace(speaker, std::ssize(speakers)).first->second);
  }
  const bool single = std::adjacent_find(blocks.begin(), blocks.end(), std::not_equal_to<>()) == blocks.end();
  if (single) blocks.clear();
  return blocks;
}

}  // namespace

std::vector<AnsweredItem> sorted_by_group(std::vector<AnsweredItem> items) {
  std::stable_sort(items.begin(), items.end(),
                   [](const AnsweredItem& a, const AnsweredItem& b) { return key_of(a) < key_of(b); });
  return items;
}

std::vector<std::span<const AnsweredItem>> groups_of(std::span<const AnsweredItem> sorted) {
  std::vector<std::span<const AnsweredItem>> groups;
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && key_of(sorted[end]) == key_of(sorted[begin])) ++end;
    groups.push_back(sorted.subspan(begin, end - begin));
  }
  return groups;
}

Group make_group(std::span<const AnsweredItem> items) {
  const data::Item& first = items.front().item;
  const data::Task& task = data::task_named(first.task);
  Group group{.task = task,
              .variant = task.variant(first.variant),
              .items = items,
              .answers = {},
              .blocks = blocks_of(items)};
  for (const AnsweredItem& answered : items) {
    group.answers.push_back(text::to_valid_utf8(answered.answer.value_or("")));
  }
  return group;
}

}  // namespace auris::eval
