#pragma once
// One step of training: the gradients of its batches, the guard's, and the optimizer.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "auris/train/examples/batch.h"
#include "auris/train/features/feature_cache.h"
#include "auris/train/model/trained_model.h"
#include "auris/train/objectives/batch_loss.h"
#include "auris/train/objectives/text_guard.h"
#include "auris/train/optimizer/adamw.h"

namespace auris::train {

struct StepResult {
  int64_t step = 0;
  double loss = 0.0;                         // of all objectives, weighted
  std::map<std::string, double> parts = {};  // unweighted
  double token_accuracy = 0.0;               // of answers' tokens
  double learning_rate_share = 0.0;          // of the peaks
  double gradient_norm = 0.0;                // before clipping
  double projected_rms = 0.0;                // mean over batches with sound
  int64_t examples = 0, tokens = 0;
  double audio_s = 0.0;
  // False: loss or gradients were no numbers, and nothing was changed.
  bool finite = true;
};

class StepRunner {
 public:
  // `features`: null, or where the rows of a frozen encoder are kept. All must outlive the runner.
  StepRunner(TrainedModel& model, AdamW& optimizer, const TrainRecipe& recipe, const FeatureCache* features);

  // One after the other; batches without examples are left out. kUsage without any example.
  StepResult run(int64_t step, std::span<const Batch> batches);
  // The loss of a batch as it is, without a gradient and without the guard.
  BatchLoss loss_of(const Batch& batch, const StepCounts& counts) const;

 private:
  models::ProjectedRows sound_of(const Batch& batch) const;
  models::EncodedAudio heard(const PreparedExample& example) const;
  void guard(StepResult& result);

  TrainedModel& model_;
  AdamW& optimizer_;
  const TrainRecipe& recipe_;
  const FeatureCache* features_;
  std::unique_ptr<TextGuard> guard_;
};

}  // namespace auris::train
