#include "auris/train/loop/step_runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"
#include "auris/train/schedule.h"

namespace auris::train {
namespace {

const Objective* guard_of(const TrainRecipe& recipe) {
  const auto found = std::ranges::find(recipe.objectives, ObjectiveKind::kTextGuard, &Objective::kind);
  return found == recipe.objectives.end() ? nullptr : &*found;
}

}  // namespace

StepRunner::StepRunner(TrainedModel& model, AdamW& optimizer, const TrainRecipe& recipe,
                       const FeatureCache* features)
    : model_(model), optimizer_(optimizer), recipe_(recipe), features_(features) {
  if (const Objective* guard = guard_of(recipe)) {
    guard_ = std::make_unique<TextGuard>(guard->texts, *model.language_model()->tokenizer, recipe.seed);
  }
}

models::EncodedAudio StepRunner::heard(const PreparedExample& example) const {
  const std::vector<models::AudioWindow>& windows = example.input.windows;
  if (features_ == nullptr) return model_.frozen_ears()->hear(windows);
  const std::string key = features_->key_of(windows);
  if (auto known = features_->find(key)) return *std::move(known);
  models::EncodedAudio fresh = model_.frozen_ears()->hear(windows);
  features_->add(key, fresh);
  return fresh;
}

models::ProjectedRows StepRunner::sound_of(const Batch& batch) const {
  if (batch.windows.empty()) return {};
  const models::AudioLlm& model = model_.audio_llm();
  if (model_.frozen_ears() == nullptr) return model.encode(batch.windows);
  models::EncodedAudio all;
  for (const auto& example : batch.examples) {
    if (!example->hears()) continue;
    const models::EncodedAudio one = heard(*example);
    all.hidden = all.hidden.defined() ? ops::concat_rows(all.hidden, one.hidden) : one.hidden;
    for (const RowSpan& span : one.layout.spans) all.layout.add(span.row_count);
  }
  all.hidden = to_device(all.hidden, model_.parameters().device());
  return model.project(all);
}

BatchLoss StepRunner::loss_of(const Batch& batch, const StepCounts& counts) const {
  at::NoGradGuard no_gradients;
  return batch_loss(model_.audio_llm(), batch, sound_of(batch), recipe_.objectives, counts);
}

void StepRunner::guard(StepResult& result) {
  if (!guard_) return;
  const Objective& objective = *guard_of(recipe_);
  const auto texts = guard_->texts_of(result.step, objective.tokens);
  if (texts.empty()) return;
  const at::Tensor loss = TextGuard::loss(model_.audio_llm().language(), *model_.untrained_language(), texts,
                                          objective.temperature);
  result.parts["text_guard"] = loss.item<double>();
  result.loss += objective.weight * loss.item<double>();
  if (loss.requires_grad()) (loss * objective.weight).backward();
}

StepResult StepRunner::run(int64_t step, std::span<const Batch> batches) {
  StepCounts counts;
  for (const Batch& batch : batches) counts += counts_of(batch);
  if (counts.tokens == 0) {
    throw Error(ErrorCode::kUsage,
                {.where = "train", .expected = "examples in a step", .got = "none that could be used", .hint = ""});
  }
  StepResult result{.step = step, .tokens = counts.tokens};
  model_.parameters().clear_gradients();
  int64_t correct = 0, sounding = 0;
  for (const Batch& batch : batches) {
    if (batch.examples.empty()) continue;
    const BatchLoss loss =
        batch_loss(model_.audio_llm(), batch, sound_of(batch), recipe_.objectives, counts);
    if (loss.loss.defined()) {
      result.loss += loss.loss.item<double>();
      if (loss.loss.requires_grad()) loss.loss.backward();
    }
    for (const auto& [name, part] : loss.parts) result.parts[name] += part;
    correct += loss.correct;
    if (loss.projected_rms > 0.0) {
      result.projected_rms += loss.projected_rms;
      ++sounding;
    }
    result.examples += static_cast<int64_t>(batch.examples.size());
    result.audio_s += batch.audio_s();
  }
  guard(result);
  if (sounding > 0) result.projected_rms /= static_cast<double>(sounding);
  result.token_accuracy = static_cast<double>(correct) / static_cast<double>(counts.tokens);
  result.gradient_norm = model_.parameters().clip_gradients(recipe_.optimizer.clip_norm);
  result.finite = std::isfinite(result.loss) && std::isfinite(result.gradient_norm);
  result.learning_rate_share = learning_rate_share(recipe_.schedule, step);
  if (result.finite) optimizer_.step(result.learning_rate_share);
  return result;
}

}  // namespace auris::train
