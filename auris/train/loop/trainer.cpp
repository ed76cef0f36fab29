#include "auris/train/loop/trainer.h"

#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/json_fields.h"
#include "auris/base/mapped_file.h"
#include "auris/train/card/model_card.h"
#include "auris/train/checkpoint/checkpoint_store.h"
#include "auris/train/examples/example_maker.h"
#include "auris/train/model/initial_model.h"
#include "auris/weights/catalog.h"
#include "auris/weights/fingerprint.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using ExamplePtr = std::shared_ptr<const PreparedExample>;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double now_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string text_in(const fs::path& path) {
  const auto file = MappedFile::open(path, ErrorCode::kUsage);
  return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw Error(ErrorCode::kUsage,
              {.where = "train", .expected = "a recipe that can be trained", .got = what, .hint = hint});
}

// What recipes can say and this loop cannot do: told before anything is computed.
void check_supported(const TrainRecipe& recipe) {
  for (const TrainedPart& trained : recipe.trained) {
    if (trained.part == Part::kProjector || trained.part == Part::kLanguageModelAdapter) continue;
    refuse(
        fmt::format("one that trains \"{}\"", name_in(kParts, trained.part)),
        "what a run writes is a composed model: it holds a projector and an adapter of the language model");
  }
  if (recipe.model.encoder_adapter) refuse("one with an adapter of the encoder", "leave it out");
  if (recipe.model.projector.input == ProjectorInput::kDecoder)
    refuse("one whose projector reads the decoder", "projector.input = \"encoder\"");
  if (recipe.recompute_activations) refuse("one that recomputes activations", "make its batches smaller");
}

// The recipe of the folder, which is this one from now on.
void claim_folder(const TrainRecipe& recipe) {
  const fs::path path = recipe.output / "recipe.toml";
  if (fs::exists(path)) {
    if (text_in(path) == recipe.text) return;
    throw Error(ErrorCode::kUsage, {.where = recipe.output.string(),
                                    .expected = "a run of this recipe, or nothing",
                                    .got = "a run of another recipe, or of an earlier text of it",
                                    .hint = "name another output folder, or remove this one"});
  }
  write_whole(path, recipe.text, ErrorCode::kUsage);
}

fs::path initial_model_of(const TrainRecipe& recipe) {
  fs::path folder = recipe.output / "initial";
  if (!fs::exists(folder / "config.json")) write_initial_model(folder, recipe.model, recipe.seed);
  return folder;
}

std::string identity_of_encoder(const ModelRecipe& recipe) {
  const fs::path path = weights::Catalog::load().resolve(recipe.encoder);
  return fmt::format("{} {}", weights::model_fingerprint(path), name_in(kWindowRows, recipe.window_rows));
}

// Whether a recording sounds different each time, so that what was heard is of no use again.
bool varies(const AugmentOptions& options) {
  return !options.speed.factors.empty() || options.reverberation.probability > 0 ||
         options.noise.probability > 0 || options.spec.time_masks > 0 || options.spec.frequency_masks > 0;
}

// A set of data, opened.
struct OpenSet {
  std::shared_ptr<const data::ShardReader> shards;
  FeedSet feed;
};

class Run {
 public:
  Run(const TrainRecipe& recipe, const TrainOptions& options)
      : recipe_(recipe),
        options_(options),
        model_(recipe, initial_model_of(recipe), options.device),
        features_(recipe.output / "features", identity_of_encoder(recipe.model)),
        optimizer_(model_.parameters(), {.beta1 = recipe.optimizer.beta1,
                                         .beta2 = recipe.optimizer.beta2,
                                         .epsilon = recipe.optimizer.epsilon}),
        runner_(model_, optimizer_, recipe_,
                model_.frozen_ears() == nullptr || varies(recipe.augmentation) ? nullptr : &features_),
        checkpoints_(recipe.output / "checkpoints", static_cast<int>(recipe.checkpoint.keep)),
        maker_(model_.language_model(), std::make_shared<Augmenter>(recipe.augmentation)),
        plain_maker_(model_.language_model(), nullptr) {
    for (const DataSet& set : recipe.data) sets_.push_back(opened(set));
    if (recipe.evaluation) {
      for (const DataSet& set : recipe.evaluation->data) evaluation_sets_.push_back(opened(set));
    }
  }

  TrainOutcome go() {
    std::vector<FeedSet> feeds;
    for (const OpenSet& set : sets_) feeds.push_back(set.feed);
    BatchPlan plan(std::move(feeds), {.seed = recipe_.seed, .batch = recipe_.batch});
    const std::vector<SetReport> reports = plan.reports();
    if (const auto newest = checkpoints_.newest()) restore(*newest, plan);
    const FeedPosition begin = plan.position();
    const RunPlan needs = plan_run(recipe_, model_, plan.next().totals, step_);
    plan.seek(begin);
    if (const auto& begun = options_.callbacks.begun) {
      begun({.sets = reports,
             .trained_elements = model_.parameters().elements(),
             .first_step = step_,
             .steps = recipe_.schedule.steps,
             .plan = needs});
    }
    if (options_.device == Device::kTorch) check_fits(needs.memory, available_memory_bytes(), "this machine");
    if (options_.check_only) return ended(TrainEnd::kChecked);
    monitor_ = std::make_unique<RunMonitor>(monitor_options());
    StepLoader<ExamplePtr> loader(std::move(plan), [this](const ExamplePlace& place) { return load(place); },
                                  {.threads = options_.loader_threads});
    while (step_ < recipe_.schedule.steps) {
      one_step(loader);
      const bool stopping = options_.callbacks.stop && options_.callbacks.stop();
      const bool better = evaluate_if_due();
      if (better) model_.write(recipe_.output / "best");
      if (stopping || is_due(recipe_.checkpoint.every_steps) || step_ == recipe_.schedule.steps)
        save(loader.position());
      if (stopping && step_ < recipe_.schedule.steps) return ended(TrainEnd::kStopped);
      if (out_of_patience()) return finished(TrainEnd::kNoBetter);
    }
    return finished(TrainEnd::kFinished);
  }

 private:
  OpenSet opened(const DataSet& set) {
    OpenSet open{
        .shards = std::make_shared<data::ShardReader>(set.shards),
        .feed = {.name = set.name, .weight = set.weight, .tasks = set.tasks, .max_audio_s = set.max_audio_s}};
    const LengthOptions options{.counter_name = counter_name(), .progress = options_.callbacks.counting};
    open.feed.lengths = std::make_shared<LengthTable>(lengths_of(
        *open.shards, recipe_.output / "lengths" / (set.name + ".bin"),
        [this](const data::Item& item) { return plain_maker_.count(item); }, options));
    return open;
  }

  // All that the number of tokens of an example depends on.
  std::string counter_name() const {
    return fmt::format("{} {} {}", name_in(kWindowRows, recipe_.model.window_rows),
                       recipe_.model.projector.stack, recipe_.model.language_model);
  }

  ExamplePtr load(const ExamplePlace& place) const {
    const TrainingExample example = load_example(*sets_[place.set].shards, place.row);
    return std::make_shared<const PreparedExample>(maker_.make(example, place.seed));
  }

  void one_step(StepLoader<ExamplePtr>& loader) {
    const Clock::time_point begin = Clock::now();
    const LoadedStep<ExamplePtr> loaded = loader.next();
    for (const LostExample& lost : loaded.lost) {
      ++outcome_.lost_examples;
      if (options_.callbacks.lost) options_.callbacks.lost(lost);
    }
    std::vector<Batch> batches;
    for (const std::vector<ExamplePtr>& examples : loaded.batches) {
      if (!examples.empty()) batches.push_back(pack(examples));
    }
    StepResult result = runner_.run(step_, batches);
    result.record.lost_examples = static_cast<int64_t>(loaded.lost.size());
    result.record.wait_s = loaded.waited_s;
    result.record.step_s = seconds_since(begin);
    result.record.time_s = now_s();
    skipped_in_a_row_ = result.finite ? 0 : skipped_in_a_row_ + 1;
    outcome_.skipped_steps += result.finite ? 0 : 1;
    ++step_;
    monitor_->add(result.record);
    if (options_.callbacks.line) options_.callbacks.line(result.record, line_);
    if (options_.callbacks.stepped) options_.callbacks.stepped(result.record);
    if (skipped_in_a_row_ < kMaxSkippedSteps) return;
    throw Error(ErrorCode::kUsage, {.where = "train",
                                    .expected = "losses that are numbers",
                                    .got = fmt::format("{} steps in a row without one", skipped_in_a_row_),
                                    .hint = "lower the learning rate; the last checkpoint is from before"});
  }

  bool is_due(int64_t every) const { return every > 0 && step_ % every == 0; }

  // Whether it was the best one so far.
  bool evaluate_if_due() {
    if (!recipe_.evaluation || !is_due(recipe_.evaluation->every_steps)) return false;
    const EvaluationRecord result = evaluate();
    monitor_->add(result);
    if (options_.callbacks.evaluated) options_.callbacks.evaluated(result);
    const bool better =
        !outcome_.best || result.loss < outcome_.best->loss * (1.0 - recipe_.evaluation->min_improvement);
    not_better_ = better ? 0 : not_better_ + 1;
    if (better) outcome_.best = result;
    return better;
  }

  // Every set weighs as many tokens as it has.
  EvaluationRecord evaluate() const {
    EvaluationRecord result{.step = step_};
    double sum = 0.0;
    int64_t correct = 0, tokens = 0;
    for (const OpenSet& set : evaluation_sets_) {
      double set_sum = 0.0;
      int64_t set_tokens = 0;
      const auto examples =
          std::min<uint64_t>(set.shards->size(), static_cast<uint64_t>(recipe_.evaluation->max_examples));
      for (uint64_t row = 0; row < examples; ++row) {
        const auto example =
            std::make_shared<const PreparedExample>(plain_maker_.make(load_example(*set.shards, row), 0));
        const Batch batch = pack(std::span<const ExamplePtr>(&example, 1));
        const StepCounts counts = counts_of(batch);
        const BatchLoss loss = runner_.loss_of(batch, counts);
        const auto words =
            loss.parts.contains("respond") ? loss.parts.at("respond") : loss.parts.at("answer");
        set_sum += words * static_cast<double>(counts.tokens);
        set_tokens += counts.tokens;
        correct += loss.correct;
      }
      result.losses[set.feed.name] = set_sum / static_cast<double>(std::max<int64_t>(1, set_tokens));
      sum += set_sum;
      tokens += set_tokens;
    }
    result.time_s = now_s();
    result.loss = sum / static_cast<double>(std::max<int64_t>(1, tokens));
    result.token_accuracy = static_cast<double>(correct) / static_cast<double>(std::max<int64_t>(1, tokens));
    return result;
  }

  bool out_of_patience() const {
    return recipe_.evaluation && recipe_.evaluation->patience > 0 &&
           not_better_ >= recipe_.evaluation->patience;
  }

  void save(const FeedPosition& position) {
    nlohmann::ordered_json state = {{"step", step_},
                                    {"optimizer_steps", optimizer_.steps()},
                                    {"position", to_json(position)},
                                    {"not_better", not_better_}};
    if (outcome_.best) state["best"] = to_json(RunRecord(*outcome_.best));
    const auto parameters = model_.tensors(), moments = optimizer_.state();
    checkpoints_.save({.step = step_, .parameters = parameters, .optimizer = moments, .state = state});
  }

  void restore(int64_t step, BatchPlan& plan) {
    try {
      restore_from(checkpoints_.path_of(step), checkpoints_.state_of(step), plan);
    } catch (const Error& error) {
      throw Error(error.code(),
                  {.where = checkpoints_.path_of(step).string(),
                   .expected = "a checkpoint of this run to go on from",
                   .got = error.what(),
                   .hint = "without this folder the run goes on from the checkpoint before it"});
    }
  }

  void restore_from(const fs::path& folder, const nlohmann::json& state, BatchPlan& plan) {
    const JsonFields fields(state, CheckpointStore::kStateName, ErrorCode::kInput);
    constexpr int64_t kMost = int64_t{1} << 50;
    step_ = fields.integer("step", {0, kMost});
    not_better_ = fields.integer("not_better", {0, kMost});
    if (fields.has("best")) outcome_.best = std::get<EvaluationRecord>(run_record_from(fields.value("best")));
    plan.seek(feed_position_from(fields.value("position"), fields.where()));
    model_.restore(*weights::open_checkpoint(folder / CheckpointStore::kParametersName));
    optimizer_.restore(*weights::open_checkpoint(folder / CheckpointStore::kOptimizerName),
                       fields.integer("optimizer_steps", {0, kMost}));
  }

  MonitorOptions monitor_options() {
    const ModelRecipe& model = recipe_.model;
    return {.folder = recipe_.output,
            .title = recipe_.output.filename().string(),
            .steps = recipe_.schedule.steps,
            .last_step = step_,
            .facts = {{"encoder", model.encoder},
                      {"language model", model.language_model},
                      {"trained parameters", std::to_string(model_.parameters().elements())}},
            .line = [this](const std::string& line) { line_ = line; },
            .warning = options_.callbacks.warning};
  }

  TrainOutcome ended(TrainEnd end) {
    outcome_.end = end;
    outcome_.steps = step_;
    return outcome_;
  }
  TrainOutcome finished(TrainEnd end) {
    if (outcome_.best) model_.restore(*weights::open_checkpoint(recipe_.output / "best"));
    model_.write(recipe_.output / "model");
    monitor_->finish();
    write_model_card(recipe_);
    return ended(end);
  }

  const TrainRecipe& recipe_;
  const TrainOptions& options_;
  TrainedModel model_;
  FeatureCache features_;
  AdamW optimizer_;
  StepRunner runner_;
  CheckpointStore checkpoints_;
  ExampleMaker maker_, plain_maker_;
  std::vector<OpenSet> sets_, evaluation_sets_;
  std::unique_ptr<RunMonitor> monitor_;
  std::string line_;  // of the last step
  TrainOutcome outcome_;
  int64_t step_ = 0;  // that comes next
  int64_t not_better_ = 0, skipped_in_a_row_ = 0;
};

}  // namespace

TrainOutcome train(const TrainRecipe& recipe, const TrainOptions& options) {
  check_supported(recipe);
  claim_folder(recipe);
  return Run(recipe, options).go();
}

}  // namespace auris::train
