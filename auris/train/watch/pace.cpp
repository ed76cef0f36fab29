#include "auris/train/watch/pace.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace auris::train {

void Pace::add(const StepRecord& record) {
  last_.push_back(record);
  if (last_.size() > kSteps) last_.pop_front();
}

double Pace::sum(double StepRecord::*figure) const {
  double sum = 0;
  for (const StepRecord& record : last_) sum += record.*figure;
  return sum;
}

double Pace::step_s() const {
  return last_.empty() ? 0 : sum(&StepRecord::step_s) / static_cast<double>(last_.size());
}

double Pace::audio_s_per_s() const {
  const double took_s = sum(&StepRecord::step_s);
  return took_s > 0 ? sum(&StepRecord::audio_s) / took_s : 0;
}

double Pace::waiting_share() const {
  const double took_s = sum(&StepRecord::step_s);
  return took_s > 0 ? sum(&StepRecord::wait_s) / took_s : 0;
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e11) return "an unknown time";
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  if (whole < 86'400) return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {:02} h", whole / 86'400, whole % 86'400 / 3600);
}

std::string progress_line(const StepRecord& record, const Pace& pace, int64_t steps) {
  double highest_rate = 0;
  for (const auto& [part, rate] : record.learning_rates) highest_rate = std::max(highest_rate, rate);
  const auto left = static_cast<double>(std::max<int64_t>(steps - record.step, 0));
  return fmt::format("step {}/{}  loss {:.3f}  tokens {:.1f} %  lr {:.1e}  {:.1f} s audio/s  {} left",
                     record.step, steps, record.loss, 100 * record.token_accuracy, highest_rate,
                     pace.audio_s_per_s(), duration_text(left * pace.step_s()));
}

}  // namespace auris::train
