#pragma once
// What a batch costs under the objectives of a recipe (recipe/train_recipe.h).

#include <map>
#include <span>
#include <string>

#include "auris/models/audio_llm/audio_llm.h"
#include "auris/train/examples/batch.h"
#include "auris/train/objectives/cross_entropy.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// What sums over batches are divided by, so that a step's loss does not depend on how it is cut into batches.
struct StepCounts {
  int64_t tokens = 0;        // of answers
  int64_t spoken_clips = 0;  // clips whose words are known: ctc, contrastive

  StepCounts& operator+=(const StepCounts& other);
};
StepCounts counts_of(const Batch& batch);

struct BatchLoss {
  at::Tensor loss = {};  // of the step, this batch's part of it: to go backward from
  // By objective, unweighted, this batch's part of the step's mean: "answer", "respond", "divergence", "ctc",
  // ...
  std::map<std::string, double> parts = {};
  int64_t correct = 0;         // tokens of answers that were the likeliest
  double projected_rms = 0.0;  // of the projector's rows; 0 without sound
};

// An example with a teacher's logits is taught by `respond`, if the recipe has it, every other by `answer`.
// `sound`: the projector's rows of all windows of the batch, a span per window (of all recordings, for a
// model that hears words); undefined rows without sound.
BatchLoss batch_loss(const models::AudioLlm& model, const Batch& batch, const models::ProjectedRows& sound,
                     std::span<const Objective> objectives, const StepCounts& step);

}  // namespace auris::train
