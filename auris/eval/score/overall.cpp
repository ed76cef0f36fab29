#include "auris/eval/score/overall.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using data::Metric;
constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
constexpr double kPronunciationRange = 10;  // SpeechOcean762's scores (metrics/pronunciation_scores.h)

const data::TaskVariant& variant_of(const GroupScore& score) {
  return data::task_named(score.task).variant(score.variant);
}

// A mean that leaves out what is not a number.
struct Mean {
  double sum = 0;
  int64_t count = 0;

  void add(double value) {
    if (std::isnan(value)) return;
    sum += value;
    ++count;
  }
  double value() const { return count == 0 ? kNothing : sum / static_cast<double>(count); }
};

}  // namespace

std::string_view overall_formula() {
  return "Every metric has a fixed range and becomes points from 0 to 100: accuracy, F1 and ROUGE-L times "
         "100; "
         "100 minus the word, character or phone error rate in percent, not below 0; BLEU and chrF as they "
         "are; "
         "mean absolute errors as a share of the range of possible answers. A task has the mean over its "
         "sources "
         "and then over its configurations, the system the mean over its tasks. Missing answers count as "
         "wrong.";
}

double points_of(const std::string& metric, double value, const data::TaskVariant& variant) {
  const auto is = [&](Metric known) { return metric == data::name_of(known); };
  double points = 100 * value;
  if (is(Metric::kWordErrorRate) || is(Metric::kCharacterErrorRate) || is(Metric::kPhoneErrorRate)) {
    points = 100 * (1 - value);
  } else if (is(Metric::kBleu) || is(Metric::kChrf)) {
    points = value;
  } else if (is(Metric::kMeanAbsoluteError)) {
    points = 100 * (1 - value / (variant.maximum - variant.minimum));
  } else if (is(Metric::kScoreError)) {
    points = 100 * (1 - value / kPronunciationRange);
  }
  return std::isnan(points) ? kNothing : std::clamp(points, 0.0, 100.0);
}

std::optional<double> points_of(const GroupScore& score) {
  if (score.metrics.empty()) return std::nullopt;
  return points_of(score.metrics.front().metric, score.metrics.front().value, variant_of(score));
}

std::optional<PointsInterval> points_interval_of(const GroupScore& score) {
  if (score.metrics.empty()) return std::nullopt;
  const MetricValue& metric = score.metrics.front();
  const double a = points_of(metric.metric, metric.interval.low, variant_of(score));
  const double b = points_of(metric.metric, metric.interval.high, variant_of(score));
  return PointsInterval{.low = std::min(a, b), .high = std::max(a, b)};
}

double abstention_of(const GroupScore& score) {
  if (const auto found = score.details.find("abstained"); found != score.details.end()) return found->second;
  if (const auto found = score.details.find("coverage"); found != score.details.end())
    return 1 - found->second;
  return score.items == 0
             ? 0
             : static_cast<double>(score.missing + score.empty) / static_cast<double>(score.items);
}

OverallScore overall(const std::vector<GroupScore>& scores) {
  OverallScore result;
  Mean all, all_abstention;
  int64_t covered = 0, places = 0;
  for (size_t begin = 0, end = 0; begin < scores.size(); begin = end) {
    const GroupScore& first = scores[begin];
    while (end < scores.size() && scores[end].task == first.task) ++end;
    Mean task, task_abstention;
    for (const auto configuration :
         {data::Configuration::kTextAudio, data::Configuration::kAudioText, data::Configuration::kAudio}) {
      Mean points, abstention;
      bool any = false;
      for (size_t i = begin; i < end; ++i) {
        if (scores[i].configuration != configuration) continue;
        any = true;
        points.add(points_of(scores[i]).value_or(kNothing));
        abstention.add(abstention_of(scores[i]));
      }
      if (!any) continue;
      ++places;
      covered += abstention.value() <= 0.5 ? 1 : 0;
      task.add(points.value());
      task_abstention.add(abstention.value());
      result.configurations.push_back({.task = first.task,
                                       .abbreviation = first.abbreviation,
                                       .configuration = configuration,
                                       .points = points.value(),
                                       .abstention = abstention.value()});
    }
    all.add(task.value());
    all_abstention.add(task_abstention.value());
    result.tasks.push_back({.task = first.task,
                            .abbreviation = first.abbreviation,
                            .points = task.value(),
                            .abstention = task_abstention.value()});
  }
  result.points = all.value();
  result.abstention = all_abstention.value();
  result.coverage = places == 0 ? 0 : static_cast<double>(covered) / static_cast<double>(places);
  return result;
}

std::vector<double> min_max_scores(const std::vector<OverallScore>& systems) {
  std::vector<Mean> means(systems.size());
  for (size_t task = 0; !systems.empty() && task < systems.front().tasks.size(); ++task) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const OverallScore& system : systems) {
      if (system.tasks.size() != systems.front().tasks.size() ||
          system.tasks[task].task != systems.front().tasks[task].task) {
        throw Error(ErrorCode::kUsage, {.where = "overall score",
                                        .expected = "systems with the same tasks",
                                        .got = "others",
                                        .hint = "score them on the same data set"});
      }
      low = std::min(low, system.tasks[task].points);
      high = std::max(high, system.tasks[task].points);
    }
    if (!(high > low)) continue;  // all equal, or none has a figure
    for (size_t i = 0; i < systems.size(); ++i) {
      means[i].add((systems[i].tasks[task].points - low) / (high - low));
    }
  }
  std::vector<double> scores;
  scores.reserve(means.size());
  for (const Mean& mean : means) scores.push_back(mean.value());
  return scores;
}

}  // namespace auris::eval
