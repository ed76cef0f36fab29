#pragma once
// The learning rate at a step, as a share of its peak: a linear rise over the warm-up steps, then constant,
// or down to a minimum at the last step along a line or half a cosine. The same values as the lambdas of
// transformers' get_scheduler ("constant_with_warmup", "linear", "cosine", "cosine_with_min_lr"); tests
// compare them.

#include <cstdint>

#include "auris/base/name_table.h"

namespace auris::train {

enum class ScheduleShape { kConstant, kLinear, kCosine };
inline constexpr NameTable<ScheduleShape, 3> kScheduleShapes{{{ScheduleShape::kConstant, "constant"},
                                                              {ScheduleShape::kLinear, "linear"},
                                                              {ScheduleShape::kCosine, "cosine"}}};

struct ScheduleOptions {
  ScheduleShape shape = ScheduleShape::kConstant;
  int64_t steps = 1;         // in all, those of the warm-up included
  int64_t warmup_steps = 0;  // at most `steps`
  double min_share = 0;      // of the peak, at the end; not with kConstant
};

// For the step with this number, from 0 on: 0 at step 0 of a warm-up, 1 at the peak. Steps beyond the last
// one stay at the minimum. kUsage for options outside their ranges.
double learning_rate_share(const ScheduleOptions& options, int64_t step);

}  // namespace auris::train
