#include "auris/train/loop/step_runner.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/recompute.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"
#include "auris/train/parallel/agreement.h"
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
                       const FeatureCache* features, ProcessGroup& processes)
    : model_(model), optimizer_(optimizer), recipe_(recipe), features_(features), processes_(processes) {
  if (!processes.alone()) exchange_ = std::make_unique<GradientExchange>(model.parameters(), processes);
  if (const Objective* guard = guard_of(recipe)) {
    guard_ = std::make_unique<TextGuard>(guard->texts, *model.language_model()->tokenizer, recipe.seed);
  }
}

models::EncodedAudio StepRunner::heard(const PreparedExample& example) const {
  const std::vector<models::AudioWindow>& windows = example.input.windows;
  const models::AudioLlm& ears = *model_.frozen_ears();
  return features_ == nullptr ? ears.hear(windows) : features_->hear(ears, windows);
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

// Of the paragraphs of a step each process reads its share.
void StepRunner::guard(int64_t step, StepRecord& record) {
  if (!guard_) return;
  const Objective& objective = *guard_of(recipe_);
  std::vector<std::vector<int32_t>> ours;
  size_t tokens = 0, our_tokens = 0;
  int64_t number = 0;
  for (std::vector<int32_t>& text : guard_->texts_of(step, objective.tokens)) {
    tokens += text.size();
    if (number++ % processes_.size() != processes_.rank()) continue;
    our_tokens += text.size();
    ours.push_back(std::move(text));
  }
  if (ours.empty()) return;
  const double share = static_cast<double>(our_tokens) / static_cast<double>(tokens);
  const at::Tensor loss = TextGuard::loss(model_.audio_llm().language(), *model_.untrained_language(), ours,
                                          objective.temperature);
  record.losses["text_guard"] = share * loss.item<double>();
  record.loss += objective.weight * share * loss.item<double>();
  if (loss.requires_grad()) (loss * (objective.weight * share)).backward();
}

double StepRunner::embedding_rms(const Batch& batch) const {
  c10::NoGradGuard no_gradients;
  std::vector<int32_t> text;
  std::ranges::copy_if(batch.ids, std::back_inserter(text), [](int32_t id) { return id >= 0; });
  return rms_of(model_.audio_llm().language().embed(text));
}

void StepRunner::begin_gradients() {
  if (exchange_) {
    exchange_->begin();
  } else {
    model_.parameters().clear_gradients();
  }
}

void StepRunner::finish_gradients() {
  if (exchange_) exchange_->finish();
}

// `last`: no backward pass comes behind this one, so that what it finishes can be summed meanwhile.
void StepRunner::learn(const Batch& batch, const StepCounts& counts, bool last, StepSums& sums) {
  StepRecord& record = sums.record;
  const BatchLoss loss = batch_loss(model_.audio_llm(), batch, sound_of(batch), recipe_.objectives, counts);
  if (loss.loss.defined()) {
    record.loss += loss.loss.item<double>();
    if (last && exchange_) exchange_->overlap();
    if (loss.loss.requires_grad()) loss.loss.backward();
  }
  for (const auto& [name, part] : loss.parts) record.losses[name] += part;
  sums.correct += loss.correct;
  if (loss.projected_rms > 0.0) {
    sums.sounding_rms += loss.projected_rms;
    ++sums.sounding;
  }
  record.examples += static_cast<int64_t>(batch.examples.size());
  record.tokens += static_cast<int64_t>(batch.ids.size());
  record.audio_s += batch.audio_s();
}

StepResult StepRunner::run(int64_t step, std::span<const Batch> batches) {
  StepCounts counts;
  for (const Batch& batch : batches) counts += counts_of(batch);
  sum_over(processes_, counts);
  if (counts.tokens == 0) {
    throw Error(
        ErrorCode::kInput,
        {.where = "train", .expected = "examples in a step", .got = "none that could be loaded", .hint = ""});
  }
  StepSums sums{.record = {.step = step + 1}};
  const torch_backend::Autocast mixed(recipe_.precision == Precision::kBf16);
  const torch_backend::Recomputation again(recipe_.recompute_activations);
  begin_gradients();
  guard(step, sums.record);
  for (const Batch& batch : batches) learn(batch, counts, &batch == &batches.back(), sums);
  finish_gradients();
  if (processes_.first() && !batches.empty()) sums.record.embedding_rms = embedding_rms(batches.front());
  sum_over(processes_, sums);

  StepResult result{.record = sums.record};
  StepRecord& record = result.record;
  if (sums.sounding > 0) record.projector_rms = sums.sounding_rms / static_cast<double>(sums.sounding);
  record.token_accuracy = static_cast<double>(sums.correct) / static_cast<double>(counts.tokens);
  // Adding up in another order would give another processor another norm.
  record.gradient_norm = first_of(processes_, model_.parameters().gradient_norm());
  model_.parameters().limit_gradients(record.gradient_norm, recipe_.optimizer.clip_norm);
  result.finite = std::isfinite(record.loss) && std::isfinite(record.gradient_norm);
  const double share = learning_rate_share(recipe_.schedule, step);
  for (const TrainedPart& part : recipe_.trained)
    record.learning_rates[std::string(name_in(kParts, part.part))] = part.learning_rate * share;
  if (result.finite) optimizer_.step(share);
  return result;
}

}  // namespace auris::train
