#pragma once
// One step of training: the gradients of its batches, the guard's, and the optimizer.

#include <memory>
#include <span>
#include <vector>

#include "auris/train/examples/batch.h"
#include "auris/train/features/feature_cache.h"
#include "auris/train/model/trained_model.h"
#include "auris/train/objectives/batch_loss.h"
#include "auris/train/objectives/text_guard.h"
#include "auris/train/optimizer/adamw.h"
#include "auris/train/watch/run_record.h"

namespace auris::train {

struct StepResult {
  // Without what the loader knows: times, examples that were lost.
  StepRecord record;
  // False: loss or gradients were no numbers, and nothing was changed.
  bool finite = true;
};

class StepRunner {
 public:
  // `features`: null, or where the rows of a frozen encoder are kept. All must outlive the runner.
  StepRunner(TrainedModel& model, AdamW& optimizer, const TrainRecipe& recipe, const FeatureCache* features);

  // The batches of step `step`, counted from 0, one after the other. kInput without any example.
  StepResult run(int64_t step, std::span<const Batch> batches);
  // The loss of a batch as it is, without a gradient and without the guard.
  BatchLoss loss_of(const Batch& batch, const StepCounts& counts) const;

 private:
  models::ProjectedRows sound_of(const Batch& batch) const;
  models::EncodedAudio heard(const PreparedExample& example) const;
  void guard(int64_t step, StepRecord& record);
  double embedding_rms(const Batch& batch) const;

  TrainedModel& model_;
  AdamW& optimizer_;
  const TrainRecipe& recipe_;
  const FeatureCache* features_;
  std::unique_ptr<TextGuard> guard_;
};

}  // namespace auris::train
