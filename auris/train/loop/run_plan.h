#pragma once
// What a run will need, told before its first step.

#include "auris/train/feed/batch_plan.h"
#include "auris/train/memory_plan.h"
#include "auris/train/model/trained_model.h"

namespace auris::train {

struct RunPlan {
  MemoryPlan memory;
  TimePlan time;
};

// Memory by the sizes of the models and the recipe's largest micro-batch; time by a measured forward and
// backward pass over a short text (and over a short recording, if the encoder learns), and the rows of
// `step`, from `first_step` on. Leaves no gradients. Of one of `processes` that share the work.
RunPlan plan_run(const TrainRecipe& recipe, TrainedModel& model, const BatchTotals& step, int64_t first_step,
                 int64_t processes = 1);

}  // namespace auris::train
