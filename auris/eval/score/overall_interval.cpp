#include "auris/eval/score/overall_interval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_number.h"
#include "auris/base/rng.h"
#include "auris/eval/score/metric_parts.h"
#include "auris/eval/score/overall.h"

namespace auris::eval {
namespace {

// A group's first metric, by blocks.
struct Sampled {
  std::string task;
  data::Configuration configuration;
  const data::TaskVariant* variant;
  std::string metric;
  MetricParts parts;           // of each block
  std::vector<size_t> blocks;  // their numbers in the whole data set
};

// Numbers of blocks in order of appearance, the same in all groups.
class BlockNames {
 public:
  std::vector<size_t> numbers_of(const Group& group) {
    std::map<std::string, int64_t> seen;  // a clip may be asked about twice in a group
    std::vector<size_t> numbers;
    for (const AnsweredItem& answered : group.items) {
      const data::Item& item = answered.item;
      std::string name = "speaker " + item.speaker;
      if (group.blocks.empty() || item.speaker.empty()) {
        const std::string& what = item.clip.empty() ? item.id : item.clip;
        name = fmt::format("clip {} {}", ++seen[what], what);
      }
      numbers.push_back(numbers_.try_emplace(name, numbers_.size()).first->second);
    }
    return numbers;
  }
  size_t size() const { return numbers_.size(); }

 private:
  std::map<std::string, size_t> numbers_;
};

// `numbers` becomes those of the blocks, `parts` their sums.
void sum_blocks(MetricParts& parts, std::vector<size_t>& numbers) {
  const std::vector<int64_t> blocks(numbers.begin(), numbers.end());
  std::visit([&](auto& items) { items = block_sums(std::span(std::as_const(items)), std::span(blocks)); },
             parts);
  std::vector<size_t> distinct;
  const std::vector<size_t> order = block_numbers(numbers.size(), blocks);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (order[i] == distinct.size()) distinct.push_back(numbers[i]);
  }
  numbers = std::move(distinct);
}

struct Samples {
  std::vector<Sampled> groups = {};
  size_t blocks = 0;
};

Samples sample(const std::vector<AnsweredItem>& items) {
  const std::vector<AnsweredItem> sorted = sorted_by_group(items);
  Samples samples;
  BlockNames names;
  for (const auto span : groups_of(sorted)) {
    const Group group = make_group(span);
    for (const data::Metric metric : group.variant.metrics) {
      std::map<std::string, double> details;
      std::optional<MetricParts> parts = metric_parts(metric, group, ScoreMode::kCorrected, details);
      if (!parts) continue;
      Sampled sampled{.task = group.task.id,
                      .configuration = span.front().item.configuration,
                      .variant = &group.variant,
                      .metric = std::string(data::name_of(metric)),
                      .parts = std::move(*parts),
                      .blocks = names.numbers_of(group)};
      sum_blocks(sampled.parts, sampled.blocks);
      samples.groups.push_back(std::move(sampled));
      break;
    }
  }
  samples.blocks = names.size();
  return samples;
}

// The mean of means of overall.h; what is not a number is left out.
double mean_of(const std::vector<Sampled>& groups, const std::vector<double>& points) {
  struct Mean {
    double sum = 0;
    int64_t count = 0;
    double value() const {
      return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
    }
    void add(double value) {
      if (std::isnan(value)) return;
      sum += value;
      ++count;
    }
  };
  std::map<std::string, std::map<data::Configuration, Mean>> tasks;
  for (size_t i = 0; i < groups.size(); ++i) {
    tasks[groups[i].task][groups[i].configuration].add(points[i]);
  }
  Mean all;
  for (const auto& [task, configurations] : tasks) {
    Mean of_task;
    for (const auto& [configuration, mean] : configurations) of_task.add(mean.value());
    all.add(of_task.value());
  }
  return all.value();
}

// `draws`: numbers of blocks, each as often as it was drawn; the seed of groups of which none was drawn comes
// from them too, so that two systems have the same.
double points_drawn(const Samples& samples, std::span<const size_t> draws) {
  std::vector<size_t> times(samples.blocks);
  uint64_t seed = 0;
  for (const size_t draw : draws) {
    ++times[draw];
    seed = seed * 6364136223846793005u + draw + 1;  // Knuth's MMIX multiplier
  }
  std::vector<double> points;
  std::vector<size_t> own;
  for (const Sampled& group : samples.groups) {
    own.clear();
    for (size_t i = 0; i < group.blocks.size(); ++i) own.insert(own.end(), times[group.blocks[i]], i);
    if (own.empty()) {
      Rng rng(seed + points.size());
      for (size_t i = 0; i < group.blocks.size(); ++i) own.push_back(rng.below(group.blocks.size()));
    }
    points.push_back(points_of(group.metric, value_of(group.parts, own), *group.variant));
  }
  return mean_of(samples.groups, points);
}

double points_of_all(const Samples& samples) {
  std::vector<size_t> all(samples.blocks);
  std::iota(all.begin(), all.end(), size_t{0});
  return points_drawn(samples, all);
}

// Metrics depend on the answers where only some were judged.
void check_same_metrics(const Samples& first, const Samples& second) {
  const auto names_of = [](const Samples& samples) {
    std::string names;
    for (const Sampled& group : samples.groups)
      names += fmt::format("{} {} {}\n", group.task, data::name_of(group.configuration), group.metric);
    return names;
  };
  const std::string expected = names_of(first), got = names_of(second);
  if (expected == got) return;
  const auto differ = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  const auto line_at = [](const std::string& names, size_t at) {
    const size_t begin = at == 0 ? 0 : names.rfind('\n', at - 1) + 1;
    return begin < names.size() ? names.substr(begin, names.find('\n', begin) - begin) : "nothing";
  };
  const auto at = static_cast<size_t>(differ.first - expected.begin());
  throw Error(ErrorCode::kUsage,
              {.where = "overall score",
               .expected = fmt::format("the same metrics of both, {}", line_at(expected, at)),
               .got = line_at(got, at),
               .hint = "judge the answers of both systems, or of none"});
}

}  // namespace

std::string_view overall_interval_method() {
  return "The interval of the overall score is a percentile bootstrap over speakers (items where those are "
         "not known): each resample draws speakers once for all tasks and configurations, each group's "
         "first metric is computed over what was drawn of it, and the points by the formula above. A group "
         "of which nothing was drawn draws among its own. It says what other speakers would change, not "
         "other tasks.";
}

BootstrapEstimate overall_estimate(const std::vector<AnsweredItem>& items, const BootstrapOptions& options) {
  const Samples samples = sample(items);
  const auto blocks = static_cast<int64_t>(samples.blocks);
  return estimate_of(
      points_of_all(samples), blocks,
      resample(blocks, options, [&](std::span<const size_t> draws) { return points_drawn(samples, draws); }),
      options.confidence);
}

PairedEstimate compare_overall(const std::vector<AnsweredItem>& first,
                               const std::vector<AnsweredItem>& second, const BootstrapOptions& options) {
  check_paired(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i].item == second[i].item) continue;
    throw Error(ErrorCode::kUsage, {.where = "overall score",
                                    .expected = fmt::format("item {} of both", quoted(first[i].item.id)),
                                    .got = quoted(second[i].item.id),
                                    .hint = "compare systems on the same items, in the same order"});
  }
  const Samples a = sample(first), b = sample(second);
  check_same_metrics(a, b);
  const auto blocks = static_cast<int64_t>(a.blocks);
  return paired_of(points_of_all(b) - points_of_all(a), blocks,
                   resample(blocks, options,
                            [&](std::span<const size_t> draws) {
                              return points_drawn(b, draws) - points_drawn(a, draws);
                            }),
                   options.confidence);
}

nlohmann::ordered_json overall_json(const BootstrapEstimate& estimate) {
  return {{"points", json_number(estimate.value)},
          {"low", json_number(estimate.interval.low)},
          {"high", json_number(estimate.interval.high)},
          {"blocks", estimate.blocks},
          {"formula", kOverallFormula},
          {"method", kOverallInterval}};
}

nlohmann::ordered_json overall_json(const PairedEstimate& paired) {
  return {{"difference", json_number(paired.difference)},
          {"low", json_number(paired.interval.low)},
          {"high", json_number(paired.interval.high)},
          {"probability_lower", json_number(paired.probability_lower)},
          {"blocks", paired.blocks}};
}

}  // namespace auris::eval
