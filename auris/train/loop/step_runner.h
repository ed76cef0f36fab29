#pragma once
// One step of training: the guard's gradients, those of its batches, and the optimizer. Of several processes
// each computes the batches it has; gradients and figures are those of all of them.

#include <memory>
#include <span>
#include <vector>

#include "auris/train/examples/batch.h"
#include "auris/train/features/feature_cache.h"
#include "auris/train/loop/step_sums.h"
#include "auris/train/model/trained_model.h"
#include "auris/train/objectives/batch_loss.h"
#include "auris/train/objectives/text_guard.h"
#include "auris/train/optimizer/adamw.h"
#include "auris/train/parallel/gradient_exchange.h"
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
  StepRunner(TrainedModel& model, AdamW& optimizer, const TrainRecipe& recipe, const FeatureCache* features,
             ProcessGroup& processes);

  // This process's batches of step `step`, counted from 0, one after the other. kInput if no process has any
  // example.
  StepResult run(int64_t step, std::span<const Batch> batches);
  // The loss of a batch as it is, without a gradient and without the guard.
  BatchLoss loss_of(const Batch& batch, const StepCounts& counts) const;

 private:
  models::ProjectedRows sound_of(const Batch& batch) const;
  models::EncodedAudio heard(const PreparedExample& example) const;
  void begin_gradients();
  void finish_gradients();
  void guard(int64_t step, StepRecord& record);
  void learn(const Batch& batch, const StepCounts& counts, bool last, StepSums& sums);
  double embedding_rms(const Batch& batch) const;

  TrainedModel& model_;
  AdamW& optimizer_;
  const TrainRecipe& recipe_;
  const FeatureCache* features_;
  ProcessGroup& processes_;
  std::unique_ptr<GradientExchange> exchange_;  // null in a process alone
  std::unique_ptr<TextGuard> guard_;
};

}  // namespace auris::train
