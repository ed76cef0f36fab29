#include "auris/train/watch/run_warnings.h"

#include <cmath>

#include <fmt/format.h>

namespace auris::train {
namespace {

std::string not_finite(const StepRecord& record) {
  if (!std::isfinite(record.loss)) return "the loss is not a number";
  if (!std::isfinite(record.gradient_norm)) return "gradients are not finite";
  return "";
}

// Whether both are known: a run without sound in a step tells neither.
std::string scale_problem(const StepRecord& record, double limit) {
  const double ratio = record.projector_rms / record.embedding_rms;
  if (!std::isfinite(ratio) || (ratio <= limit && ratio >= 1 / limit)) return "";
  return fmt::format(
      "rows of sound have {:.2g} times the strength of embedded text ({:.3g} against {:.3g}): attention will "
      "see "
      "little but {}",
      ratio, record.projector_rms, record.embedding_rms, ratio > 1 ? "sound" : "text");
}

std::string starvation(const Pace& pace, double limit) {
  if (pace.steps() < WarningLimits::kLeastSteps || pace.waiting_share() <= limit) return "";
  return fmt::format(
      "training waits for data {:.0f} % of the time: more loading threads or cached features help",
      100 * pace.waiting_share());
}

std::string lost(const StepRecord& record) {
  if (record.lost_examples == 0) return "";
  return fmt::format("{} of {} examples could not be loaded", record.lost_examples,
                     record.lost_examples + record.examples);
}

}  // namespace

std::vector<RunWarning> RunWarnings::take(const StepRecord& record, const Pace& pace) {
  std::vector<RunWarning> warnings;
  const auto tell = [&](WarningKind kind, std::string problem) {
    const bool begins = !problem.empty() && !on_[kind];
    on_[kind] = !problem.empty();
    if (begins) warnings.push_back({.kind = kind, .step = record.step, .text = std::move(problem)});
  };
  tell(WarningKind::kNotFinite, not_finite(record));
  tell(WarningKind::kScale, scale_problem(record, limits_.scale));
  tell(WarningKind::kStarvation, starvation(pace, limits_.waiting_share));
  tell(WarningKind::kLost, lost(record));
  return warnings;
}

}  // namespace auris::train
