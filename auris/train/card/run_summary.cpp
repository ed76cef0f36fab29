#include "auris/train/card/run_summary.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "auris/train/watch/run_log.h"

namespace auris::train {
namespace {

// What is not known adds nothing.
double known(double value) { return std::isfinite(value) ? value : 0.0; }

void add(RunSummary& summary, const StepRecord& step) {
  summary.steps = std::max(summary.steps, step.step);
  summary.examples += step.examples;
  summary.lost_examples += step.lost_examples;
  summary.tokens += step.tokens;
  summary.audio_s += known(step.audio_s);
  summary.step_s += known(step.step_s);
  summary.wait_s += known(step.wait_s);
  summary.loss.add(step.step, step.loss);
  summary.token_accuracy.add(step.step, step.token_accuracy);
}

}  // namespace

RunSummary summarize_run(const std::filesystem::path& log, double min_improvement) {
  RunSummary summary;
  read_run_log(log, [&](const RunRecord& record) {
    if (const auto* step = std::get_if<StepRecord>(&record)) {
      add(summary, *step);
      return;
    }
    const auto& evaluation = std::get<EvaluationRecord>(record);
    ++summary.evaluations;
    summary.evaluation_loss.add(evaluation.step, evaluation.loss);
    if (!summary.best || evaluation.loss < summary.best->loss * (1.0 - min_improvement))
      summary.best = evaluation;
  });
  return summary;
}

std::vector<CurveStretch> stretches_of(const Curve& curve, size_t count) {
  const std::vector<CurvePoint> points = curve.points();
  std::vector<CurveStretch> stretches;
  count = std::min(count, points.size());
  for (size_t i = 0; i < count; ++i) {
    const size_t begin = i * points.size() / count, end = (i + 1) * points.size() / count;
    CurveStretch stretch{.first_step = points[begin].step, .last_step = points[end - 1].step};
    for (size_t k = begin; k < end; ++k) stretch.mean += points[k].value / static_cast<double>(end - begin);
    stretches.push_back(stretch);
  }
  return stretches;
}

}  // namespace auris::train
