#include "auris/train/loop/trainer.h"

#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

#include "auris/base/atomic_file.h"
#include "auris/base/json_fields.h"
#include "auris/base/toml_table.h"
#include "auris/train/card/model_card.h"
#include "auris/train/checkpoint/checkpoint_store.h"
#include "auris/train/examples/example_maker.h"
#include "auris/train/features/recipe_features.h"
#include "auris/train/model/initial_model.h"
#include "auris/train/model/written_model.h"
#include "auris/train/parallel/agreement.h"
#include "auris/train/recipe/model_sources.h"
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

// The recipe of the folder, which is this one from now on.
void claim_folder(const TrainRecipe& recipe) {
  const fs::path path = recipe.output / "recipe.toml";
  if (fs::exists(path)) {
    if (read_toml_text(path, ErrorCode::kUsage) == recipe.text) return;
    throw Error(ErrorCode::kUsage, {.where = recipe.output.string(),
                                    .expected = "a run of this recipe, or nothing",
                                    .got = "a run of another recipe, or of an earlier text of it",
                                    .hint = "name another output folder, or remove this one"});
  }
  write_whole(path, recipe.text, ErrorCode::kUsage);
}

std::string identity_of_models(const ModelRecipe& recipe) {
  return fmt::format("{} {} {} {}", encoder_identity(recipe), name_in(kWindowRows, recipe.window_rows),
                     weights::model_fingerprint(language_model_source(recipe)),
                     name_in(kModelLayouts, recipe.layout));
}

// A set of data, opened.
struct OpenSet {
  std::shared_ptr<const data::ShardReader> shards;
  FeedSet feed;
  bool read = false;  // DataSet's
};

class Run {
 public:
  Run(const TrainRecipe& recipe, const TrainOptions& options)
      : recipe_(recipe),
        options_(options),
        processes_(options.processes == nullptr ? alone_ : *options.processes),
        model_(recipe, initial_model_of(recipe), options.device),
        features_(feature_cache_of(recipe)),
        optimizer_(model_.parameters(),
                   {.beta1 = recipe.optimizer.beta1,
                    .beta2 = recipe.optimizer.beta2,
                    .epsilon = recipe.optimizer.epsilon},
                   recipe.optimizer.sharded ? &processes_ : nullptr),
        runner_(model_, optimizer_, recipe_, model_.frozen_ears() == nullptr ? nullptr : features_.get(),
                processes_),
        checkpoints_(recipe.output / "checkpoints", static_cast<int>(recipe.checkpoint.keep)),
        maker_(model_.language_model(), {.augmenter = std::make_shared<Augmenter>(recipe.augmentation),
                                         .recognitions = recognition_cache_of(recipe)}),
        plain_maker_(model_.language_model(), {.recognitions = plain_recognition_cache_of(recipe)}) {
    first_then_others(processes_, [&] {
      for (const DataSet& set : recipe.data) sets_.push_back(opened(set));
      if (!recipe.evaluation) return;
      for (const DataSet& set : recipe.evaluation->data) evaluation_sets_.push_back(opened(set));
    });
  }

  TrainOutcome go() {
    std::vector<FeedSet> feeds;
    for (const OpenSet& set : sets_) feeds.push_back(set.feed);
    BatchPlan plan(std::move(feeds), {.seed = recipe_.seed,
                                      .batch = recipe_.batch,
                                      .ranks = {.rank = processes_.rank(), .world = processes_.size()}});
    const std::vector<SetReport> reports = plan.reports();
    if (const auto newest = newest_checkpoint()) {
      restore(*newest, plan);
      if (options_.callbacks.saved) options_.callbacks.saved(*newest);
    }
    if (!processes_.alone()) {
      check_same(processes_, "data", plan.position().fingerprint);
      check_same(processes_, "models", identity_of_models(recipe_.model));
      check_same_parameters();
    }
    const FeedPosition begin = plan.position();
    const RunPlan needs = plan_run(recipe_, model_, plan.next().totals, step_, processes_.size());
    plan.seek(begin);
    if (const auto& begun = options_.callbacks.begun) {
      begun({.sets = reports,
             .trained_elements = model_.parameters().elements(),
             .first_step = step_,
             .steps = recipe_.schedule.steps,
             .plan = needs});
    }
    if (options_.device == Device::kTorch)
      check_fits(needs.memory, available_memory_bytes() / processes_.size_here(), "this machine");
    if (options_.check_only) return ended(TrainEnd::kChecked);
    if (processes_.first()) monitor_ = std::make_unique<RunMonitor>(monitor_options());
    StepLoader<ExamplePtr> loader(std::move(plan), [this](const ExamplePlace& place) { return load(place); },
                                  {.threads = options_.loader_threads});
    while (step_ < recipe_.schedule.steps) {
      one_step(loader);
      const bool stopping = any_of(processes_, options_.callbacks.stop && options_.callbacks.stop());
      const bool better = evaluate_if_due();
      if (better && processes_.first()) model_.write(recipe_.output / "best");
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
        .feed = {.name = set.name, .weight = set.weight, .tasks = set.tasks, .max_audio_s = set.max_audio_s},
        .read = set.read};
    const LengthOptions options{.counter_name = counter_name(), .progress = options_.callbacks.counting};
    open.feed.lengths = std::make_shared<LengthTable>(lengths_of(
        *open.shards, recipe_.output / "lengths" / (set.name + ".bin"),
        [this](const data::Item& item) { return plain_maker_.count(item); }, options));
    return open;
  }

  // All that the number of tokens of an example depends on.
  std::string counter_name() const {
    const ProjectorRecipe& projector = recipe_.model.projector;
    const bool words = projector.type == models::ProjectorKind::kWords;
    const auto begin = recipe_.model.begin.find(Part::kLanguageModel);
    const bool begun = begin != recipe_.model.begin.end();
    return fmt::format("{} {}{}{} {}", name_in(kWindowRows, recipe_.model.window_rows), words ? "words " : "",
                       recipe_.model.layout == ModelLayout::kLlaso ? "llaso " : "",
                       words ? projector.pooled : projector.stack,
                       begun ? begin->second.string() : recipe_.model.language_model);
  }

  ExamplePtr load(const ExamplePlace& place) const {
    const OpenSet& set = sets_[place.set];
    const TrainingExample example = load_example(*set.shards, place.row);
    return std::make_shared<const PreparedExample>(
        maker_.make(example, {.seed = place.seed, .read = set.read}));
  }

  void one_step(StepLoader<ExamplePtr>& loader) {
    const Clock::time_point begin = Clock::now();
    const LoadedStep<ExamplePtr> loaded = loader.next();
    for (const LostExample& lost : loaded.lost) {
      if (options_.callbacks.lost) options_.callbacks.lost(lost);
    }
    std::vector<Batch> batches;
    for (const std::vector<ExamplePtr>& examples : loaded.batches) {
      if (!examples.empty()) batches.push_back(pack(examples));
    }
    StepResult result = runner_.run(step_, batches);
    result.record.lost_examples = sum_of(processes_, static_cast<int64_t>(loaded.lost.size()));
    result.record.wait_s = largest_of(processes_, loaded.waited_s);
    result.record.step_s = seconds_since(begin);
    result.record.time_s = now_s();
    skipped_in_a_row_ = result.finite ? 0 : skipped_in_a_row_ + 1;
    outcome_.skipped_steps += result.finite ? 0 : 1;
    outcome_.lost_examples += result.record.lost_examples;
    ++step_;
    if (monitor_) monitor_->add(result.record);
    if (monitor_ && options_.callbacks.line) options_.callbacks.line(result.record, line_);
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
    if (monitor_) monitor_->add(result);
    if (options_.callbacks.evaluated) options_.callbacks.evaluated(result);
    const bool better =
        !outcome_.best || result.loss < outcome_.best->loss * (1.0 - recipe_.evaluation->min_improvement);
    not_better_ = better ? 0 : not_better_ + 1;
    if (better) outcome_.best = result;
    return better;
  }

  // Every set weighs as many tokens as it has. Of n processes each hears every n-th example.
  EvaluationRecord evaluate() const {
    EvaluationRecord result{.step = step_};
    double sum = 0.0, correct = 0.0, tokens = 0.0;
    for (const OpenSet& set : evaluation_sets_) {
      std::array<double, 3> sums = {};  // of the set: loss, tokens, and those that were the likeliest
      const auto examples =
          std::min<uint64_t>(set.shards->size(), static_cast<uint64_t>(recipe_.evaluation->max_examples));
      for (auto row = static_cast<uint64_t>(processes_.rank()); row < examples;
           row += static_cast<uint64_t>(processes_.size())) {
        const auto example = std::make_shared<const PreparedExample>(
            plain_maker_.make(load_example(*set.shards, row), {.read = set.read}));
        const Batch batch = pack(std::span<const ExamplePtr>(&example, 1));
        const StepCounts counts = counts_of(batch);
        const BatchLoss loss = runner_.loss_of(batch, counts);
        const auto words =
            loss.parts.contains("respond") ? loss.parts.at("respond") : loss.parts.at("answer");
        sums[0] += words * static_cast<double>(counts.tokens);
        sums[1] += static_cast<double>(counts.tokens);
        sums[2] += static_cast<double>(loss.correct);
      }
      processes_.sum(sums);
      result.losses[set.feed.name] = sums[0] / std::max(1.0, sums[1]);
      sum += sums[0];
      tokens += sums[1];
      correct += sums[2];
    }
    result.time_s = now_s();
    result.loss = sum / std::max(1.0, tokens);
    result.token_accuracy = correct / std::max(1.0, tokens);
    return result;
  }

  bool out_of_patience() const {
    return recipe_.evaluation && recipe_.evaluation->patience > 0 &&
           not_better_ >= recipe_.evaluation->patience;
  }

  // The first process looks: a network's folder may show others older ones.
  std::optional<int64_t> newest_checkpoint() {
    const double newest = first_of(processes_, static_cast<double>(checkpoints_.newest().value_or(-1)));
    return newest < 0 ? std::nullopt : std::optional(static_cast<int64_t>(newest));
  }

  // Processes that drift apart, by another kind of processor or a fault of memory, would learn nonsense.
  void check_same_parameters() {
    if (processes_.alone()) return;
    std::string digests;
    for (const weights::NamedTensor& named : model_.tensors())
      digests += fmt::format("{:016x}", XXH3_64bits(named.tensor.data<float>(), named.tensor.bytes()));
    check_same(processes_, "parameters", digests);
  }

  void save(const FeedPosition& position) {
    check_same_parameters();
    std::vector<weights::NamedTensor> moments;
    if (processes_.first() || recipe_.optimizer.sharded) moments = optimizer_.state();
    if (processes_.first()) write_checkpoint(position, moments);
    if (options_.callbacks.saved) options_.callbacks.saved(step_);
  }

  void write_checkpoint(const FeedPosition& position, std::span<const weights::NamedTensor> moments) {
    nlohmann::ordered_json state = {{"step", step_},
                                    {"optimizer_steps", optimizer_.steps()},
                                    {"position", to_json(position)},
                                    {"not_better", not_better_}};
    if (outcome_.best) state["best"] = to_json(RunRecord(*outcome_.best));
    const auto parameters = model_.tensors();
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
    if (!processes_.first()) return ended(end);
    const fs::path folder = recipe_.output / "model";
    if (outcome_.best) {
      copy_model(recipe_.output / "best", folder);
    } else {
      model_.write(folder);
    }
    monitor_->finish();
    write_model_card(recipe_);
    return ended(end);
  }

  const TrainRecipe& recipe_;
  const TrainOptions& options_;
  AloneGroup alone_;
  ProcessGroup& processes_;
  TrainedModel model_;
  std::unique_ptr<const FeatureCache> features_;
  AdamW optimizer_;
  StepRunner runner_;
  CheckpointStore checkpoints_;
  ExampleMaker maker_, plain_maker_;
  std::vector<OpenSet> sets_, evaluation_sets_;
  std::unique_ptr<RunMonitor> monitor_;  // in the first process
  std::string line_;                     // of the last step
  TrainOutcome outcome_;
  int64_t step_ = 0;  // that comes next
  int64_t not_better_ = 0, skipped_in_a_row_ = 0;
};

}  // namespace

HearReport hear(const TrainRecipe& recipe, const HearOptions& options) {
  claim_folder(recipe);
  return hear_data(recipe, initial_model_of(recipe), options);
}

TrainOutcome train(const TrainRecipe& recipe, const TrainOptions& options) {
  AloneGroup alone;
  ProcessGroup& processes = options.processes == nullptr ? alone : *options.processes;
  BatchPlan::check_ranks(recipe.batch, {.rank = processes.rank(), .world = processes.size()});
  check_same(processes, "recipe", recipe.text);
  first_then_others(processes, [&] {
    claim_folder(recipe);
    initial_model_of(recipe);
  });
  return Run(recipe, options).go();
}

}  // namespace auris::train
