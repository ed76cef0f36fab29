#include "auris/train/recipe/train_recipe.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/data/tasks/task.h"
#include "auris/train/recipe/recipe_parts.h"

namespace auris::train {
namespace {

constexpr const char* kHint = "docs/training.md lists the fields";
constexpr int64_t kMost = 1'000'000'000;
constexpr double kMaxAudioS = 1e6;

TrainedPart trained_of(const TomlTable& table, const ModelRecipe& model) {
  table.allow({"part", "learning_rate", "weight_decay"});
  TrainedPart trained;
  trained.part = table.choice("part", kParts);
  trained.learning_rate = table.number("learning_rate", 1e-12, 10);
  take(table, "weight_decay", 0.0, 10.0, trained.weight_decay);
  const bool adapter_missing = (trained.part == Part::kEncoderAdapter && !model.encoder_adapter) ||
                               (trained.part == Part::kLanguageModelAdapter && !model.language_model_adapter);
  if (adapter_missing) {
    const std::string_view name = name_in(kParts, trained.part);
    table.fail(fmt::format("a table model.{}, with its rank", name), "none");
  }
  return trained;
}

std::vector<TrainedPart> all_trained(const TomlTable& recipe, const ModelRecipe& model) {
  std::vector<TrainedPart> trained;
  const auto trains = [&](Part part) { return std::ranges::count(trained, part, &TrainedPart::part); };
  for (const TomlTable& table : recipe.tables("train")) {
    trained.push_back(trained_of(table, model));
    if (trains(trained.back().part) > 1)
      table.fail("each part once", quoted(name_in(kParts, trained.back().part)));
  }
  const auto check_adapter = [&](Part whole, Part adapter, const std::optional<AdapterRecipe>& rank) {
    const std::string_view name = name_in(kParts, adapter);
    if (rank && trains(whole) > 0)
      recipe.fail(fmt::format("either {} or {}", name_in(kParts, whole), name), "both");
    if (rank && trains(adapter) == 0 && !model.begin.contains(adapter))
      recipe.fail(fmt::format("{} among what is trained, or an earlier run it begins from", name), "neither");
  };
  check_adapter(Part::kEncoder, Part::kEncoderAdapter, model.encoder_adapter);
  check_adapter(Part::kLanguageModel, Part::kLanguageModelAdapter, model.language_model_adapter);
  return trained;
}

DataSet data_set_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"name", "shards", "weight", "tasks", "max_audio_s", "read"});
  DataSet set;
  set.shards = folder / table.text("shards");
  set.name = table.has("name") ? table.text("name") : set.shards.filename().string();
  if (set.name.empty()) table.fail("a name for a folder that has none", quoted(set.shards.string()));
  take(table, "weight", 1e-9, 1e9, set.weight);
  take(table, "max_audio_s", 0.01, kMaxAudioS, set.max_audio_s);
  if (table.has("read")) set.read = table.flag("read");
  for (const std::string& task : table.texts_or_none("tasks")) {
    try {
      set.tasks.push_back(data::task_named(task).id);
    } catch (const Error& error) {
      table.fail("tasks that are known", quoted(task), error.hint());
    }
  }
  return set;
}

std::vector<DataSet> data_of(const TomlTable& parent, const std::filesystem::path& folder) {
  std::vector<DataSet> sets;
  for (const TomlTable& table : parent.tables("data")) {
    sets.push_back(data_set_of(table, folder));
    if (std::ranges::count(sets, sets.back().name, &DataSet::name) > 1)
      table.fail("a name of its own for each set", quoted(sets.back().name));
  }
  return sets;
}

BatchRecipe batch_of(const TomlTable& table) {
  table.allow({"tokens", "audio_s", "examples", "accumulation", "context_tokens"});
  BatchRecipe batch;
  if (table.has("tokens")) batch.tokens = table.integer("tokens", 1, kMost);
  if (table.has("audio_s")) batch.audio_s = table.number("audio_s", 0.01, kMaxAudioS);
  if (table.has("examples")) batch.examples = table.integer("examples", 1, kMost);
  if (!batch.tokens && !batch.audio_s && !batch.examples)
    table.fail("a limit: tokens, audio_s or examples", "none");
  take(table, "accumulation", 1, 1'000'000, batch.accumulation);
  take(table, "context_tokens", 1, 1 << 30, batch.context_tokens);
  return batch;
}

OptimizerRecipe optimizer_of(const TomlTable& table) {
  table.allow({"beta1", "beta2", "epsilon", "clip_norm", "sharded"});
  OptimizerRecipe optimizer;
  take(table, "beta1", 0.0, 0.999999, optimizer.beta1);
  take(table, "beta2", 0.0, 0.999999, optimizer.beta2);
  take(table, "epsilon", 1e-15, 1.0, optimizer.epsilon);
  take(table, "clip_norm", 0.0, 1e6, optimizer.clip_norm);
  if (table.has("sharded")) optimizer.sharded = table.flag("sharded");
  return optimizer;
}

void take_schedule(const TomlTable& table, ScheduleOptions& schedule) {
  table.allow({"shape", "warmup_steps", "min_share"});
  schedule.shape = table.choice("shape", kScheduleShapes);
  take(table, "warmup_steps", 0, schedule.steps, schedule.warmup_steps);
  take(table, "min_share", 0.0, 1.0, schedule.min_share);
  if (schedule.shape == ScheduleShape::kConstant && table.has("min_share"))
    table.fail("min_share only where the learning rate falls", "shape = 'constant'");
}

CheckpointRecipe checkpoint_of(const TomlTable& table) {
  table.allow({"every_steps", "keep"});
  CheckpointRecipe checkpoint;
  take(table, "every_steps", 1, kMost, checkpoint.every_steps);
  take(table, "keep", 1, 10'000, checkpoint.keep);
  return checkpoint;
}

EvaluationRecipe evaluation_of(const TomlTable& table, const std::filesystem::path& folder) {
  table.allow({"every_steps", "data", "patience", "min_improvement", "max_examples"});
  EvaluationRecipe evaluation;
  evaluation.every_steps = table.integer("every_steps", 1, kMost);
  evaluation.data = data_of(table, folder);
  take(table, "patience", 0, 1'000'000, evaluation.patience);
  take(table, "min_improvement", 0.0, 1.0, evaluation.min_improvement);
  take(table, "max_examples", 1, kMost, evaluation.max_examples);
  return evaluation;
}

std::filesystem::path features_in(const std::filesystem::path& output) { return output / "features"; }

// What fits each table and not the others.
void check_together(const TomlTable& root, const TrainRecipe& recipe) {
  const bool words = recipe.model.projector.type == models::ProjectorKind::kWords;
  for (const Objective& objective : recipe.objectives) {
    if (words && objective.kind == ObjectiveKind::kCtc)
      root.fail("ctc for a projector of rows", "projector.type = 'words'");
  }
  const bool trains_ears = recipe.find(Part::kEncoder) != nullptr;
  if (words && (trains_ears || recipe.model.begin.contains(Part::kEncoder)))
    root.fail("an encoder that stays as it was published with projector.type = 'words'",
              trains_ears ? "one that is trained" : "one that begins as a run left it",
              "recordings become words before anything is learned from them");
  const SpecAugmentOptions& spec = recipe.augmentation.spec;
  if (words && (spec.time_masks > 0 || spec.frequency_masks > 0))
    root.fail("augmentation.spec for a projector of rows", "projector.type = 'words'");
  for (const DataSet& set : recipe.data) {
    if (set.read && !words)
      root.fail("data that are read with projector.type = 'words' only", "another type");
  }
  const auto heard = [](const Objective& objective) { return objective.kind != ObjectiveKind::kTextGuard; };
  if (std::none_of(recipe.objectives.begin(), recipe.objectives.end(), heard))
    root.fail("an objective beside text_guard", "none");
}

}  // namespace

void TrainRecipe::write_to(const std::filesystem::path& folder) {
  if (features == features_in(output)) features = features_in(folder);
  output = folder;
}

const TrainedPart* TrainRecipe::find(Part part) const {
  const auto found = std::ranges::find(trained, part, &TrainedPart::part);
  return found == trained.end() ? nullptr : &*found;
}

bool TrainRecipe::trains_encoder() const {
  return find(Part::kEncoder) != nullptr || find(Part::kEncoderAdapter) != nullptr;
}

TrainRecipe parse_train_recipe(std::string_view toml, const std::string& where,
                               const std::filesystem::path& folder) {
  const toml::table root = parse_toml(toml, where, ErrorCode::kInput);
  const TomlTable table(root, where, ErrorCode::kInput, kHint);
  table.allow({"seed", "steps", "precision", "recompute_activations", "output", "features", "licence",
               "model", "train", "objectives", "data", "batch", "optimizer", "schedule", "augmentation",
               "checkpoint", "evaluation"});
  TrainRecipe recipe;
  if (table.has("seed")) recipe.seed = static_cast<uint64_t>(table.integer("seed", 0, INT64_MAX));
  recipe.schedule.steps = table.integer("steps", 1, kMost);
  take(table, "precision", kPrecisions, recipe.precision);
  if (table.has("recompute_activations")) recipe.recompute_activations = table.flag("recompute_activations");
  recipe.output = folder / table.text("output");
  recipe.features = table.has("features") ? folder / table.text("features") : features_in(recipe.output);
  recipe.licence = table.text_or_empty("licence");
  recipe.model = model_of(table.table("model"), folder);
  recipe.trained = all_trained(table, recipe.model);
  recipe.objectives = objectives_of(table, folder);
  recipe.data = data_of(table, folder);
  recipe.batch = batch_of(table.table("batch"));
  if (table.has("optimizer")) recipe.optimizer = optimizer_of(table.table("optimizer"));
  if (table.has("schedule")) take_schedule(table.table("schedule"), recipe.schedule);
  if (table.has("augmentation")) recipe.augmentation = augmentation_of(table.table("augmentation"), folder);
  if (table.has("checkpoint")) recipe.checkpoint = checkpoint_of(table.table("checkpoint"));
  if (table.has("evaluation")) recipe.evaluation = evaluation_of(table.table("evaluation"), folder);
  check_together(table, recipe);
  recipe.text = toml;
  return recipe;
}

TrainRecipe read_train_recipe(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return parse_train_recipe(read_toml_text(path, ErrorCode::kInput), path.filename().string(), folder);
}

}  // namespace auris::train
