#include "auris/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::train {
namespace {

void check(const ScheduleOptions& options, int64_t step) {
  const bool fine = options.steps >= 1 && options.warmup_steps >= 0 &&
                    options.warmup_steps <= options.steps && options.min_share >= 0 &&
                    options.min_share <= 1 && step >= 0;
  if (fine) return;
  throw Error(ErrorCode::kUsage,
              {.where = "schedule",
               .expected = "a step from 0 on, at least one step, no longer warm-up and a share from 0 to 1",
               .got = fmt::format("step {}, {} steps, {} of warm-up, a share of {}", step, options.steps,
                                  options.warmup_steps, options.min_share),
               .hint = ""});
}

}  // namespace

double learning_rate_share(const ScheduleOptions& options, int64_t step) {
  check(options, step);
  if (step < options.warmup_steps) {
    return static_cast<double>(step) / static_cast<double>(options.warmup_steps);
  }
  const int64_t falling = std::max<int64_t>(options.steps - options.warmup_steps, 1);
  const double done =
      std::min(static_cast<double>(step - options.warmup_steps) / static_cast<double>(falling), 1.0);
  switch (options.shape) {
    case ScheduleShape::kConstant: return 1;
    case ScheduleShape::kLinear: return options.min_share + (1 - options.min_share) * (1 - done);
    case ScheduleShape::kCosine:
      return options.min_share + (1 - options.min_share) * 0.5 * (1 + std::cos(std::numbers::pi * done));
  }
  return 1;
}

}  // namespace auris::train
