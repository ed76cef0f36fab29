#pragma once
// A run: what a recipe describes, from its first step to a model that `auris` loads, however often it is
// interrupted. Everything lies in the recipe's output folder:
//
//   recipe.toml    what the run does; another recipe there is refused
//   initial/       the model it began with
//   checkpoints/   what is needed to go on, to the same bits (checkpoint/checkpoint_store.h)
//   features/      rows of a frozen encoder, unless recordings are varied
//   lengths/       how long every example is
//   best/          the model of the best evaluation so far
//   model/         the result (model/written_model.h); of the best evaluation, if there is any,
//                  with its card (card/model_card.h)
//   steps.jsonl, events.out.tfevents.auris, live.html    what a user watches (watch/run_monitor.h)

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "auris/tensor/device.h"
#include "auris/train/features/recipe_features.h"
#include "auris/train/feed/step_loader.h"
#include "auris/train/loop/run_plan.h"
#include "auris/train/loop/step_runner.h"
#include "auris/train/parallel/process_group.h"
#include "auris/train/recipe/train_recipe.h"
#include "auris/train/watch/run_monitor.h"

namespace auris::train {

// Who wants to know how it goes. Called from the training thread; of several processes by each, with the same
// figures, but for those that say otherwise.
struct TrainCallbacks {
  struct Begin {
    const std::vector<SetReport>& sets;
    int64_t trained_elements = 0;
    int64_t first_step = 0;  // 0, or that of the checkpoint it goes on from
    int64_t steps = 0;
    const RunPlan& plan;
  };
  std::function<void(const Begin& begin)> begun = {};
  // How far it is, after each step. In the first process.
  std::function<void(const StepRecord& step, const std::string& line)> line = {};
  std::function<void(const RunWarning& warning)> warning = {};  // in the first process
  std::function<void(const StepRecord& step)> stepped = {};
  std::function<void(const EvaluationRecord& evaluation)> evaluated = {};
  std::function<void(int64_t step)> saved = {};  // a checkpoint to go on from; also the one it began with
  std::function<void(const LostExample& lost)> lost = {};  // in the process that lost it
  // Lengths; false stops. In the first process.
  std::function<bool(uint64_t counted, uint64_t examples)> counting = {};
  // Asked behind every step; true, in any process: a checkpoint is written and the run returns, to go on
  // another time.
  std::function<bool()> stop = {};
};

struct TrainOptions {
  Device device = Device::kTorch;
  int loader_threads = 1;
  bool check_only = false;            // read recipe, models and data, and return before the first step
  ProcessGroup* processes = nullptr;  // that train together, each with the same recipe; null = this one alone
  TrainCallbacks callbacks = {};
};

enum class TrainEnd { kFinished, kStopped, kNoBetter, kChecked };

struct TrainOutcome {
  TrainEnd end = TrainEnd::kFinished;
  int64_t steps = 0;  // in all
  std::optional<EvaluationRecord> best = {};
  int64_t lost_examples = 0;  // in this run
  int64_t skipped_steps = 0;  // in this run: losses or gradients that were no numbers
};

// Steps in a row without a number that end a run with kUsage.
inline constexpr int64_t kMaxSkippedSteps = 10;

// Goes on from the newest checkpoint, if there is one. Throws kUsage for a run that this machine's memory
// does not hold, for a folder with another recipe, for processes that do not divide the accumulation, or if
// the system refuses to write (what was saved before stays); kInput and kModel for data and models that
// cannot be used.
//
// Several processes share the output folder: the first one writes all of it but features/, to which each
// adds. What a step learns is the same for any number of processes, up to the order in which gradients are
// added; a run may go on with another number of them. An error in one process reaches only that one: it has
// to end the others (ProcessGroup::abort).
TrainOutcome train(const TrainRecipe& recipe, const TrainOptions& options = {});

// What the run's frozen parts hear, before it: several processes can share that work, and no step waits for
// it.
HearReport hear(const TrainRecipe& recipe, const HearOptions& options = {});

}  // namespace auris::train
