#include "auris/train/loop/run_plan.h"

#include <chrono>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/train/objectives/cross_entropy.h"
#include "auris/train/parallel/gradient_exchange.h"
#include "auris/train/parallel/mpi_group.h"

namespace auris::train {
namespace {

constexpr int64_t kOverheadBytes = int64_t{512} << 20;  // LibTorch, examples that are loaded ahead
constexpr int64_t kTimedRows = 256;

int64_t parameters_of(const models::LlamaConfig& c) {
  const int64_t q = static_cast<int64_t>(c.heads) * c.head_dim,
                kv = static_cast<int64_t>(c.kv_heads) * c.head_dim;
  const int64_t layer = c.hidden * (2 * q + 2 * kv) + 3 * c.hidden * c.intermediate;
  return c.layers * layer + c.vocab_size * c.hidden * (c.tied_embeddings ? 1 : 2);
}

int64_t parameters_of(const models::WhisperConfig& c) {
  const auto d = static_cast<int64_t>(c.d_model);
  return c.encoder_layers * (4 * d * d + 2 * d * c.encoder_ffn) + 3 * d * (c.n_mels + d);
}

// Of the largest micro-batch.
int64_t rows_of(const BatchRecipe& batch) {
  return batch.tokens ? *batch.tokens : batch.examples.value_or(1) * batch.context_tokens;
}

PlanOptions options_of(const TrainRecipe& recipe, const TrainedModel& model, int64_t processes) {
  const models::AudioLlmConfig& config = model.audio_llm().config();
  PlanOptions options{.shards = recipe.optimizer.sharded ? processes : 1, .overhead_bytes = kOverheadBytes};
  if (processes > 1) options.overhead_bytes += static_cast<int64_t>(kMostInFlight * kBucketBytes);
  for (const TrainedPart& trained : recipe.trained) {
    PlannedPart part{.name = std::string(name_in(kParts, trained.part)), .trained = true};
    for (const TrainedParameter& parameter : model.parameters().parameters()) {
      if (part_named(parameter.name) == trained.part) part.parameters += parameter.value.numel();
    }
    options.parts.push_back(part);
  }
  options.parts.push_back({.name = "language_model", .parameters = parameters_of(config.language)});
  options.parts.push_back({.name = "encoder", .parameters = parameters_of(config.encoder)});
  const models::LlamaConfig& language = config.language;
  options.stacks.push_back({.name = "language_model",
                            .layers = language.layers,
                            .hidden = language.hidden,
                            .key_columns = static_cast<int64_t>(language.kv_heads) * language.head_dim,
                            .inner = language.intermediate,
                            .rows = rows_of(recipe.batch)});
  options.stacks.push_back({.name = "encoder",
                            .layers = config.encoder.encoder_layers,
                            .hidden = config.encoder.d_model,
                            .key_columns = config.encoder.d_model,
                            .inner = config.encoder.encoder_ffn,
                            .gated = false,
                            .rows = config.encoder.max_source_positions,
                            .backward = false});
  options.logit_rows = rows_of(recipe.batch);
  options.vocab = language.vocab_size;
  options.activation_bytes = recipe.precision == Precision::kBf16 ? 2 : 4;
  return options;
}

double seconds_per_row(TrainedModel& model) {
  const models::Llama& language = model.audio_llm().language();
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < kTimedRows; ++i)
    ids.push_back(static_cast<int32_t>(i % language.config().vocab_size));
  const auto pass = [&] {
    const auto begin = std::chrono::steady_clock::now();
    const Tensor hidden = language.forward(language.embed(ids), RowLayout::single(kTimedRows));
    const at::Tensor loss = cross_entropy(torch_of(language.logits(hidden)), ids).sum;
    if (loss.requires_grad()) loss.backward();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / kTimedRows;
  };
  pass();  // the first one warms up
  const double seconds = pass();
  model.parameters().clear_gradients();
  return seconds;
}

}  // namespace

RunPlan plan_run(const TrainRecipe& recipe, TrainedModel& model, const BatchTotals& step, int64_t first_step,
                 int64_t processes) {
  const double rows =
      static_cast<double>(step.audio_tokens + step.text_tokens) / static_cast<double>(processes);
  return {.memory = plan_memory(options_of(recipe, model, processes)),
          .time = plan_time(seconds_per_row(model), rows, recipe.schedule.steps - first_step)};
}

}  // namespace auris::train
