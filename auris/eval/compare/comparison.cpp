#include "auris/eval/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_number.h"
#include "auris/eval/metrics/error_rate.h"
#include "auris/eval/score/calibration_of.h"
#include "auris/eval/score/metric_parts.h"
#include "auris/eval/statistics/detectable.h"

namespace auris::eval {
namespace {

void check_same_items(const std::vector<AnsweredItem>& first, const std::vector<AnsweredItem>& second) {
  check_paired(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i].item == second[i].item) continue;
    throw Error(ErrorCode::kUsage,
                {.where = "comparison",
                 .expected = fmt::format("item {} of both systems", quoted(first[i].item.id)),
                 .got = quoted(second[i].item.id),
                 .hint = "compare systems on the same items, in the same order"});
  }
}

MatchedPairs matched_pairs(data::Metric metric, const Group& first, const Group& second) {
  const bool phones = metric == data::Metric::kPhoneErrorRate;
  ErrorCounter counter(phones ? ErrorUnit::kPhone : ErrorUnit::kWord);
  MatchedPairsTest test;
  for (size_t i = 0; i < first.items.size(); ++i) {
    const data::Item& item = first.items[i].item;
    const auto text = [&](const std::string& raw) {
      return phones ? raw : normalized_words(raw, item.language);
    };
    const std::string reference = text(item.answer);
    const std::string a = text(first.answers[i]), b = text(second.answers[i]);
    test.add(counter.align(reference, a).spans, counter.align(reference, b).spans);
  }
  return test.result();
}

std::optional<double> detectable_in(const MetricParts& first, const MetricParts& second,
                                    const PairedEstimate& paired, std::span<const int64_t> blocks) {
  const auto* a = std::get_if<std::vector<CorpusItem>>(&first);
  const auto* b = std::get_if<std::vector<CorpusItem>>(&second);
  if (a == nullptr || b == nullptr) return std::nullopt;
  const double deviation = seen_deviation(*a, *b, blocks);
  return std::isfinite(deviation) ? std::optional(detectable_difference(deviation, paired.blocks))
                                  : std::nullopt;
}

bool has_segments(data::Metric metric, ScoreMode mode) {
  return mode == ScoreMode::kCorrected &&
         (metric == data::Metric::kWordErrorRate || metric == data::Metric::kPhoneErrorRate);
}

int64_t missing_of(const Group& group) {
  return std::count_if(group.items.begin(), group.items.end(),
                       [](const AnsweredItem& answered) { return !answered.answer.has_value(); });
}

GroupComparison compare_group(const Group& first, const Group& second, const ScoreOptions& options) {
  GroupComparison comparison{.task = first.task.id,
                             .abbreviation = first.task.abbreviation,
                             .variant = first.variant.id,
                             .configuration = first.items.front().item.configuration,
                             .items = std::ssize(first.items),
                             .first_missing = missing_of(first),
                             .second_missing = missing_of(second),
                             .metrics = {}};
  std::vector<size_t> all(first.items.size());
  std::iota(all.begin(), all.end(), size_t{0});
  for (data::Metric metric : first.variant.metrics) {
    std::map<std::string, double> details;
    const auto a = metric_parts(metric, first, options.mode, details);
    const auto b = metric_parts(metric, second, options.mode, details);
    if (!a || !b) continue;
    MetricComparison compared{.metric = std::string(data::name_of(metric)),
                              .less_is_better = data::is_error(metric),
                              .first = value_of(*a, all),
                              .second = value_of(*b, all),
                              .paired = compare_parts(*a, *b, first.blocks, options.bootstrap)};
    compared.detectable = detectable_in(*a, *b, compared.paired, first.blocks);
    if (has_segments(metric, options.mode)) compared.matched = matched_pairs(metric, first, second);
    comparison.metrics.push_back(std::move(compared));
  }
  if (options.mode == ScoreMode::kLlaso) return comparison;
  for (CalibrationComparison& calibration : compare_calibration(
           calibration_parts(first), calibration_parts(second), first.blocks, options.bootstrap)) {
    comparison.metrics.push_back({.metric = std::move(calibration.metric),
                                  .less_is_better = true,
                                  .first = calibration.first,
                                  .second = calibration.second,
                                  .paired = calibration.paired});
  }
  return comparison;
}

nlohmann::ordered_json to_json(const MetricComparison& compared) {
  const PairedEstimate& paired = compared.paired;
  nlohmann::ordered_json out = {{"metric", compared.metric},
                                {"less_is_better", compared.less_is_better},
                                {"first", json_number(compared.first)},
                                {"second", json_number(compared.second)},
                                {"difference", json_number(paired.difference)},
                                {"low", json_number(paired.interval.low)},
                                {"high", json_number(paired.interval.high)},
                                {"probability_lower", json_number(paired.probability_lower)},
                                {"blocks", paired.blocks},
                                {"better", compared.better()}};
  if (compared.detectable) out["detectable"] = json_number(*compared.detectable);
  if (compared.matched) {
    const MatchedPairs& matched = *compared.matched;
    out["mapsswe"] = {{"segments", matched.segments},
                      {"first_errors", matched.first_errors},
                      {"second_errors", matched.second_errors},
                      {"z", json_number(matched.z)},
                      {"p", json_number(matched.p)}};
  }
  return out;
}

// Rates in percent.
double shown(const std::string& metric, double value) {
  const bool rate =
      metric != "brier" && metric != "mae" && metric != "score_mae" && metric != "bleu" && metric != "chrf";
  return rate ? 100 * value : value;
}

}  // namespace

bool MetricComparison::differs() const { return paired.interval.low > 0 || paired.interval.high < 0; }

int MetricComparison::better() const {
  if (!differs()) return 0;
  return (paired.difference < 0) == less_is_better ? 1 : -1;
}

std::vector<GroupComparison> compare(const std::vector<AnsweredItem>& first,
                                     const std::vector<AnsweredItem>& second, const ScoreOptions& options) {
  check_same_items(first, second);
  const std::vector<AnsweredItem> a = sorted_by_group(first), b = sorted_by_group(second);
  const auto first_groups = groups_of(a), second_groups = groups_of(b);
  std::vector<GroupComparison> comparisons;
  for (size_t i = 0; i < first_groups.size(); ++i) {
    comparisons.push_back(compare_group(make_group(first_groups[i]), make_group(second_groups[i]), options));
  }
  return comparisons;
}

nlohmann::ordered_json to_json(const GroupComparison& comparison) {
  nlohmann::ordered_json out = {{"task", comparison.task},
                                {"abbreviation", comparison.abbreviation},
                                {"variant", comparison.variant},
                                {"configuration", data::name_of(comparison.configuration)},
                                {"items", comparison.items},
                                {"first_missing", comparison.first_missing},
                                {"second_missing", comparison.second_missing},
                                {"metrics", nlohmann::ordered_json::array()}};
  for (const MetricComparison& compared : comparison.metrics) out["metrics"].push_back(to_json(compared));
  return out;
}

std::string to_markdown(const std::vector<GroupComparison>& comparisons, const std::string& first,
                        const std::string& second) {
  std::string table = fmt::format(
      "| task | source | asked by | items | metric | {} | {} | difference, 95 % interval | better | MAPSSWE "
      "p |\n"
      "|---|---|---|--:|---|--:|--:|--:|---|--:|\n",
      first, second);
  for (const GroupComparison& group : comparisons) {
    for (const MetricComparison& compared : group.metrics) {
      const auto value = [&](double raw) {
        return std::isfinite(raw) ? fmt::format("{:.2f}", shown(compared.metric, raw)) : std::string("-");
      };
      const PairedEstimate& paired = compared.paired;
      const int better = compared.better();
      table += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} [{}, {}] | {} | {} |\n",
                           group.abbreviation, group.variant, data::name_of(group.configuration), group.items,
                           compared.metric, value(compared.first), value(compared.second),
                           value(paired.difference), value(paired.interval.low), value(paired.interval.high),
                           better > 0   ? second
                           : better < 0 ? first
                                        : "not found",
                           compared.matched ? fmt::format("{:.4f}", compared.matched->p) : "");
    }
  }
  return table;
}

}  // namespace auris::eval
