#include "auris/eval/run/run_power.h"

#include <fmt/format.h>

#include "auris/text/text_rules.h"

namespace auris::eval {
namespace {

constexpr double kAccuracy = 0.5, kWordErrorRate = 0.1, kCorrelation = 0.5;

std::string first_metric(const data::TaskVariant& variant) {
  for (data::Metric metric : variant.metrics) {
    if (metric == data::Metric::kJudge) continue;
    return metric == data::Metric::kAccuracy || metric == data::Metric::kWordErrorRate
               ? std::string(data::name_of(metric))
               : std::string();
  }
  return "";
}

}  // namespace

void RunPower::add(const data::Item& item) {
  const data::Task& task = data::task_named(item.task);
  Counts& counts = counts_[{task.abbreviation, item.variant, item.configuration}];
  if (counts.items++ == 0) counts.metric = first_metric(task.variant(item.variant));
  if (item.speaker.empty()) {
    ++counts.unnamed;
  } else {
    counts.speakers.insert(item.speaker);
  }
  if (counts.metric == "wer") counts.words += std::ssize(text::words_of(item.answer));
}

GroupPower RunPower::power_of(const Counts& counts, const PowerOptions& options) {
  GroupPower power{.abbreviation = {},
                   .variant = {},
                   .items = counts.items,
                   .blocks = counts.unnamed + std::ssize(counts.speakers),
                   .words = counts.words,
                   .metric = counts.metric};
  if (counts.metric == "wer") {
    power.independent =
        detectable_difference(accuracy_deviation(kWordErrorRate, kCorrelation), power.words, options);
  } else {
    const double deviation = accuracy_deviation(kAccuracy, kCorrelation);
    power.independent = detectable_difference(deviation, power.items, options);
    power.alike = detectable_difference(deviation, power.blocks, options);
  }
  return power;
}

std::vector<GroupPower> RunPower::groups(const PowerOptions& options) const {
  std::vector<GroupPower> groups;
  Counts all;
  int64_t accuracies = 0;
  for (const auto& [key, counts] : counts_) {
    if (counts.metric.empty()) continue;
    GroupPower power = power_of(counts, options);
    std::tie(power.abbreviation, power.variant, power.configuration) = key;
    groups.push_back(std::move(power));
    if (counts.metric != "accuracy") continue;
    ++accuracies;
    all.metric = counts.metric;
    all.items += counts.items;
    all.unnamed += counts.unnamed;
    all.speakers.insert(counts.speakers.begin(), counts.speakers.end());
  }
  if (accuracies > 1) groups.push_back(power_of(all, options));
  return groups;
}

int64_t RunPower::unknown_items() const {
  int64_t items = 0;
  for (const auto& [key, counts] : counts_) items += counts.metric.empty() ? counts.items : 0;
  return items;
}

std::string to_text(const RunPower& power) {
  const std::vector<GroupPower> groups = power.groups();
  const int64_t unknown = power.unknown_items();
  if (groups.empty() && unknown == 0) return "";
  std::string text =
      "The smallest differences between two systems that this run finds 4 times in 5 (two-sided, 5 %; "
      "answers "
      "correlate 0.5):\n";
  for (const GroupPower& group : groups) {
    const std::string name =
        group.abbreviation.empty()
            ? "all accuracies"
            : fmt::format("{} {} {}", group.abbreviation, group.variant, data::name_of(group.configuration));
    const std::string what =
        group.metric == "wer"
            ? fmt::format("{} words, WER {:.1f} points at best (if 10 % of the words are wrong, one by one)",
                          group.words, 100 * group.independent)
            : fmt::format(
                  "{} speakers, {:.1f} points if items stand alone, {:.1f} if speakers are all right or "
                  "all wrong",
                  group.blocks, 100 * group.independent, 100 * group.alike);
    text += fmt::format("  {}: {} items, {}\n", name, group.items, what);
  }
  if (unknown > 0) {
    text += fmt::format(
        "  {} items of other metrics: not known before two systems have answered (auris eval compare)\n",
        unknown);
  }
  return text;
}

}  // namespace auris::eval
