#include "auris/eval/score/scorer.h"

#include <cmath>
#include <utility>

#include "auris/base/error.h"
#include "auris/base/json_number.h"
#include "auris/eval/score/breakdowns.h"
#include "auris/eval/score/calibration_of.h"
#include "auris/eval/score/metric_parts.h"
#include "auris/text/text_rules.h"

namespace auris::eval {
namespace {

GroupScore score_group(const Group& group, const ScoreOptions& options) {
  const data::Item& first = group.items.front().item;
  GroupScore score{.task = group.task.id,
                   .abbreviation = group.task.abbreviation,
                   .variant = first.variant,
                   .configuration = first.configuration,
                   .items = std::ssize(group.items),
                   .metrics = {},
                   .details = {},
                   .breakdowns = {}};
  for (size_t i = 0; i < group.items.size(); ++i) {
    const bool answered = group.items[i].answer.has_value();
    score.missing += answered ? 0 : 1;
    score.empty += answered && text::words_of(group.answers[i]).empty() ? 1 : 0;
  }
  for (data::Metric metric : group.variant.metrics) {
    const std::optional<MetricParts> parts = metric_parts(metric, group, options.mode, score.details);
    if (!parts) continue;
    if (score.metrics.empty()) score.breakdowns = breakdowns(group, metric, *parts);
    score.metrics.push_back(estimate(metric, *parts, group.blocks, options.bootstrap));
  }
  if (options.mode == ScoreMode::kCorrected) {
    const std::vector<CalibrationSums> parts = calibration_parts(group);
    score.calibration = calibration_of(parts, group.blocks, options.bootstrap);
    for (const CalibrationSums& part : parts) score.reliability += part;
  }
  return score;
}

nlohmann::ordered_json to_json(const MetricValue& metric) {
  return {{"metric", metric.metric},
          {"value", json_number(metric.value)},
          {"low", json_number(metric.interval.low)},
          {"high", json_number(metric.interval.high)},
          {"blocks", metric.blocks}};
}

nlohmann::ordered_json to_json(const Breakdown& breakdown) {
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const BreakdownPart& part : breakdown.parts) {
    parts.push_back({{"name", part.name},
                     {"items", part.items},
                     {"missing", part.missing},
                     {"value", json_number(part.value)}});
  }
  return {{"by", breakdown.by}, {"metric", breakdown.metric}, {"parts", std::move(parts)}};
}

}  // namespace

ScoreMode score_mode_named(std::string_view name) {
  if (name == "corrected") return ScoreMode::kCorrected;
  if (name == "llaso") return ScoreMode::kLlaso;
  throw Error(ErrorCode::kUsage,
              {.where = "score", .expected = "corrected or llaso", .got = quoted(name), .hint = ""});
}

std::vector<GroupScore> score(const std::vector<AnsweredItem>& items, const ScoreOptions& options) {
  const std::vector<AnsweredItem> sorted = sorted_by_group(items);
  std::vector<GroupScore> scores;
  for (const auto group : groups_of(sorted)) scores.push_back(score_group(make_group(group), options));
  return scores;
}

nlohmann::ordered_json reliability_json(const CalibrationSums& sums) {
  nlohmann::ordered_json bins = nlohmann::ordered_json::array();
  for (size_t bin = 0; bin < CalibrationSums::kBins; ++bin) {
    if (sums.items[bin] == 0) continue;
    const auto items = static_cast<double>(sums.items[bin]);
    bins.push_back({{"items", sums.items[bin]},
                    {"confidence", sums.confidence[bin] / items},
                    {"accuracy", static_cast<double>(sums.right[bin]) / items}});
  }
  return bins;
}

nlohmann::ordered_json to_json(const GroupScore& score) {
  nlohmann::ordered_json out = {
      {"task", score.task},       {"abbreviation", score.abbreviation},
      {"variant", score.variant}, {"configuration", data::name_of(score.configuration)},
      {"items", score.items},     {"missing", score.missing},
      {"empty", score.empty},     {"metrics", nlohmann::ordered_json::array()}};
  for (const MetricValue& metric : score.metrics) out["metrics"].push_back(to_json(metric));
  for (const MetricValue& metric : score.calibration) out["calibration"].push_back(to_json(metric));
  if (!score.calibration.empty()) out["reliability"] = reliability_json(score.reliability);
  out["details"] = nlohmann::ordered_json::object();
  for (const auto& [name, value] : score.details) out["details"][name] = json_number(value);
  out["breakdowns"] = nlohmann::ordered_json::array();
  for (const Breakdown& breakdown : score.breakdowns) out["breakdowns"].push_back(to_json(breakdown));
  return out;
}

}  // namespace auris::eval
