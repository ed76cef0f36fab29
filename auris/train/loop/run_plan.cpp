#include "auris/train/loop/run_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/recompute.h"
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

// Of the encoder, for the largest micro-batch: all of it could be sound.
int64_t encoder_rows_of(const BatchRecipe& batch, const models::AudioLlmConfig& config) {
  constexpr double kRowsPerS = 50.0;
  int64_t rows = rows_of(batch) * config.projector.stack * config.encoder.pooling;
  const bool trimmed = config.window_rows == models::WindowRows::kTrimmed;
  if (batch.audio_s && trimmed)
    rows = std::min(rows, static_cast<int64_t>(std::ceil(*batch.audio_s * kRowsPerS)));
  return rows;
}

bool has_guard(const TrainRecipe& recipe) {
  return std::ranges::count(recipe.objectives, ObjectiveKind::kTextGuard, &Objective::kind) > 0;
}

std::vector<PlannedPart> parts_of(const TrainRecipe& recipe, const TrainedModel& model) {
  const models::AudioLlmConfig& config = model.audio_llm().config();
  std::vector<PlannedPart> parts;
  for (const TrainedPart& trained : recipe.trained) {
    PlannedPart part{.name = std::string(name_in(kParts, trained.part)), .trained = true};
    for (const TrainedParameter& parameter : model.parameters().parameters()) {
      if (part_named(parameter.name) == trained.part) part.parameters += parameter.value.numel();
    }
    parts.push_back(part);
  }
  const auto frozen = [&](const char* name, int64_t parameters) {
    parts.push_back({.name = name, .parameters = parameters});
  };
  if (recipe.find(Part::kLanguageModel) == nullptr) {
    frozen("language_model", parameters_of(config.language));
  } else if (has_guard(recipe)) {
    frozen("language_model before training", parameters_of(config.language));
  }
  if (recipe.find(Part::kEncoder) == nullptr) frozen("encoder", parameters_of(config.encoder));
  return parts;
}

std::vector<PlannedStack> stacks_of(const TrainRecipe& recipe, const models::AudioLlmConfig& config) {
  const models::LlamaConfig& language = config.language;
  const models::WhisperConfig& encoder = config.encoder;
  const bool heard = recipe.trains_encoder();
  const int64_t rows = heard ? encoder_rows_of(recipe.batch, config) : encoder.max_source_positions;
  std::vector<PlannedStack> stacks{
      {.name = "language_model",
       .layers = language.layers,
       .hidden = language.hidden,
       .key_columns = static_cast<int64_t>(language.kv_heads) * language.head_dim,
       .inner = language.intermediate,
       .rows = rows_of(recipe.batch),
       .learns = recipe.find(Part::kLanguageModel) != nullptr ||
                 recipe.find(Part::kLanguageModelAdapter) != nullptr},
      {.name = "encoder",
       .layers = encoder.encoder_layers,
       .hidden = encoder.d_model,
       .key_columns = encoder.d_model,
       .inner = encoder.encoder_ffn,
       .gated = false,
       .rows = rows,
       .backward = heard,
       .learns = heard}};
  // Two convolutions, before and behind their activations, the first with two frames for each row.
  if (recipe.find(Part::kEncoder) != nullptr)
    stacks.push_back({.name = "encoder's convolutions",
                      .layers = 1,
                      .inner = 3 * static_cast<int64_t>(encoder.d_model),
                      .gated = false,
                      .rows = rows,
                      .learns = true});
  return stacks;
}

PlanOptions options_of(const TrainRecipe& recipe, const TrainedModel& model, int64_t processes) {
  const models::AudioLlmConfig& config = model.audio_llm().config();
  PlanOptions options{.parts = parts_of(recipe, model),
                      .stacks = stacks_of(recipe, config),
                      .recompute_activations = recipe.recompute_activations,
                      .shards = recipe.optimizer.sharded ? processes : 1,
                      .overhead_bytes = kOverheadBytes};
  if (processes > 1) options.overhead_bytes += static_cast<int64_t>(kMostInFlight * kBucketBytes);
  options.logit_rows = rows_of(recipe.batch);
  options.vocab = config.language.vocab_size;
  options.factor_bytes = recipe.precision == Precision::kBf16 ? 2 : 4;
  return options;
}

// Of a forward and backward pass that is given as a function; the first one warms up.
template <typename Pass>
double timed_s(const Pass& pass) {
  pass();
  const auto begin = std::chrono::steady_clock::now();
  pass();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double language_seconds_per_row(const models::Llama& language) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < kTimedRows; ++i)
    ids.push_back(static_cast<int32_t>(i % language.config().vocab_size));
  return timed_s([&] {
           const Tensor hidden = language.forward(language.embed(ids), RowLayout::single(kTimedRows));
           const at::Tensor loss = cross_entropy(torch_of(language.logits(hidden)), ids).sum;
           if (loss.requires_grad()) loss.backward();
         }) /
         kTimedRows;
}

// Two frames for each row.
double encoder_seconds_per_row(const models::AudioLlm& model) {
  const Tensor mel = Tensor::zeros({2 * kTimedRows, model.config().encoder.n_mels});
  const std::vector<models::AudioWindow> windows{{.mel = mel, .frames = mel.rows()}};
  return timed_s([&] { torch_of(model.hear(windows).hidden).sum().backward(); }) / kTimedRows;
}

// Of one of the processes that share a step.
double seconds_of(const TrainRecipe& recipe, TrainedModel& model, const BatchTotals& step,
                  int64_t processes) {
  const torch_backend::Autocast mixed(recipe.precision == Precision::kBf16);
  const torch_backend::Recomputation again(recipe.recompute_activations);
  const models::AudioLlmConfig& config = model.audio_llm().config();
  const auto rows = static_cast<double>(step.audio_tokens + step.text_tokens);
  double seconds = rows * language_seconds_per_row(model.audio_llm().language());
  if (recipe.trains_encoder()) {
    const auto heard =
        static_cast<double>(step.audio_tokens * config.projector.stack * config.encoder.pooling);
    seconds += heard * encoder_seconds_per_row(model.audio_llm());
  }
  model.parameters().clear_gradients();
  return seconds / static_cast<double>(processes);
}

}  // namespace

RunPlan plan_run(const TrainRecipe& recipe, TrainedModel& model, const BatchTotals& step, int64_t first_step,
                 int64_t processes) {
  return {
      .memory = plan_memory(options_of(recipe, model, processes)),
      .time = plan_time(seconds_of(recipe, model, step, processes), 1.0, recipe.schedule.steps - first_step)};
}

}  // namespace auris::train
