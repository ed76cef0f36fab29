#include "auris/train/loop/step_runner.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"
#include "auris/train/schedule.h"

namespace auris::train {
namespace {

double rms_of(const Tensor& rows) { return torch_of(rows).square().mean().sqrt().item<double>(); }

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
  const models::AudioLlm& model = model_.audio_llm();
  if (!batch.heard.empty()) return model.project(batch.heard);
  if (batch.windows.empty()) return {};
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
  c10::NoGradGuard no_gradients;
  const torch_backend::Autocast mixed(recipe_.precision == Precision::kBf16);
  return batch_loss(model_.audio_llm(), batch, sound_of(batch), recipe_.objectives, counts);
}

void StepRunner::guard(int64_t step, StepRecord& record) {
  if (!guard_) return;
  const Objective& objective = *guard_of(recipe_);
  const auto texts = guard_->texts_of(step, objective.tokens);
  const at::Tensor loss = TextGuard::loss(model_.audio_llm().language(), *model_.untrained_language(), texts,
                                          objective.temperature);
  record.losses["text_guard"] = loss.item<double>();
  record.loss += objective.weight * loss.item<double>();
  if (loss.requires_grad()) (loss * objective.weight).backward();
}

double StepRunner::embedding_rms(const Batch& batch) const {
  c10::NoGradGuard no_gradients;
  std::vector<int32_t> text;
  std::ranges::copy_if(batch.ids, std::back_inserter(text), [](int32_t id) { return id >= 0; });
  return rms_of(model_.audio_llm().language().embed(text));
}

StepResult StepRunner::run(int64_t step, std::span<const Batch> batches) {
  StepCounts counts;
  for (const Batch& batch : batches) counts += counts_of(batch);
  if (counts.tokens == 0) {
    throw Error(
        ErrorCode::kInput,
        {.where = "train", .expected = "examples in a step", .got = "none that could be loaded", .hint = ""});
  }
  StepResult result{.record = {.step = step + 1}};
  StepRecord& record = result.record;
  const torch_backend::Autocast mixed(recipe_.precision == Precision::kBf16);
  model_.parameters().clear_gradients();
  int64_t correct = 0, sounding = 0;
  for (const Batch& batch : batches) {
    const BatchLoss loss = batch_loss(model_.audio_llm(), batch, sound_of(batch), recipe_.objectives, counts);
    if (loss.loss.defined()) {
      record.loss += loss.loss.item<double>();
      if (loss.loss.requires_grad()) loss.loss.backward();
    }
    for (const auto& [name, part] : loss.parts) record.losses[name] += part;
    correct += loss.correct;
    if (loss.projected_rms > 0.0) {
      record.projector_rms += loss.projected_rms;
      ++sounding;
    }
    record.examples += static_cast<int64_t>(batch.examples.size());
    record.tokens += static_cast<int64_t>(batch.ids.size());
    record.audio_s += batch.audio_s();
  }
  guard(step, record);
  if (sounding > 0) record.projector_rms /= static_cast<double>(sounding);
  record.embedding_rms = embedding_rms(batches.front());
  record.token_accuracy = static_cast<double>(correct) / static_cast<double>(counts.tokens);
  record.gradient_norm = model_.parameters().clip_gradients(recipe_.optimizer.clip_norm);
  result.finite = std::isfinite(record.loss) && std::isfinite(record.gradient_norm);
  const double share = learning_rate_share(recipe_.schedule, step);
  for (const TrainedPart& part : recipe_.trained)
    record.learning_rates[std::string(name_in(kParts, part.part))] = part.learning_rate * share;
  if (result.finite) optimizer_.step(share);
  return result;
}

}  // namespace auris::train
