#include "auris/eval/score/scorer.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "auris/eval/score/group_metrics.h"
#include "auris/text/text_rules.h"
#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

using Key = std::tuple<std::string, std::string, data::Configuration>;

Key key_of(const data::Item& item) { return {item.task, item.variant, item.configuration}; }

// Items of a speaker who is not known stand for themselves.
std::vector<int64_t> blocks_of(std::span<const AnsweredItem> items) {
  std::unordered_map<std::string, int64_t> speakers;
  std::vector<int64_t> blocks;
  int64_t alone = -1;
  for (const AnsweredItem& answered : items) {
    const std::string& speaker = answered.item.speaker;
    blocks.push_back(speaker.empty() ? alone--
                                     : speakers.try_emplace(speaker, std::ssize(speakers)).first->second);
  }
  return blocks;
}

GroupScore score_group(std::span<const AnsweredItem> items, const ScoreOptions& options) {
  const data::Item& first = items.front().item;
  const data::Task& task = data::task_named(first.task);
  Group group{
      .variant = task.variant(first.variant), .items = items, .blocks = blocks_of(items), .answers = {}};
  // One speaker says nothing about others, but resampling needs two blocks: then utterances are drawn.
  if (std::adjacent_find(group.blocks.begin(), group.blocks.end(), std::not_equal_to<>()) ==
      group.blocks.end()) {
    group.blocks.clear();
  }
  GroupScore score{.task = task.id,
                   .abbreviation = task.abbreviation,
                   .variant = first.variant,
                   .configuration = first.configuration,
                   .items = std::ssize(items),
                   .metrics = {},
                   .details = {}};
  for (const AnsweredItem& answered : items) {
    group.answers.push_back(text::to_valid_utf8(answered.answer.value_or("")));
    score.missing += answered.answer ? 0 : 1;
    score.empty += answered.answer && text::words_of(group.answers.back()).empty() ? 1 : 0;
  }
  for (data::Metric metric : group.variant.metrics) {
    if (metric == data::Metric::kJudge) continue;
    score.metrics.push_back(group_metric(metric, group, options.bootstrap, score.details));
  }
  return score;
}

nlohmann::ordered_json number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

}  // namespace

std::vector<GroupScore> score(const std::vector<AnsweredItem>& items, const ScoreOptions& options) {
  std::vector<AnsweredItem> sorted = items;
  std::stable_sort(sorted.begin(), sorted.end(), [](const AnsweredItem& a, const AnsweredItem& b) {
    return key_of(a.item) < key_of(b.item);
  });
  std::vector<GroupScore> scores;
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    while (end < sorted.size() && key_of(sorted[end].item) == key_of(sorted[begin].item)) ++end;
    scores.push_back(score_group(std::span(sorted).subspan(begin, end - begin), options));
  }
  return scores;
}

nlohmann::ordered_json to_json(const GroupScore& score) {
  nlohmann::ordered_json out = {
      {"task", score.task},       {"abbreviation", score.abbreviation},
      {"variant", score.variant}, {"configuration", data::name_of(score.configuration)},
      {"items", score.items},     {"missing", score.missing},
      {"empty", score.empty},     {"metrics", nlohmann::ordered_json::array()}};
  for (const MetricValue& metric : score.metrics) {
    out["metrics"].push_back({{"metric", metric.metric},
                              {"value", number(metric.value)},
                              {"low", number(metric.interval.low)},
                              {"high", number(metric.interval.high)},
                              {"blocks", metric.blocks}});
  }
  out["details"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : score.details) out["details"][name] = number(value);
  return out;
}

}  // namespace auris::eval
