// auris-train: what `auris train` runs. The only program that links LibTorch.

#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "apps/last_words.h"
#include "apps/program.h"
#include "apps/progress_bar.h"
#include "apps/train_flags.h"
#include "auris/base/log.h"
#include "auris/base/share.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/train/loop/trainer.h"
#include "auris/train/parallel/join_processes.h"

namespace auris::apps {
namespace {

using namespace auris::train;
namespace fs = std::filesystem;

void say(const std::string& text) { fmt::print(stderr, "{}\n", text); }

void tell_begin(const TrainCallbacks::Begin& begin) {
  for (const SetReport& set : begin.sets) {
    std::string left_out;
    for (const auto& [reason, count] : set.left_out)
      left_out += fmt::format(", {} left out ({})", count, reason);
    say(fmt::format("{}: {} examples, {:.1f} min of sound{}", set.name, set.examples, set.audio_s / 60,
                    left_out));
  }
  say(text_of(begin.plan.memory));
  say(fmt::format("about {} a step, {} in all", duration_text(begin.plan.time.step_s),
                  duration_text(begin.plan.time.total_s)));
  say(fmt::format("{} parameters are trained, steps {} to {}", begin.trained_elements, begin.first_step + 1,
                  begin.steps));
}

nlohmann::ordered_json summary_of(const TrainRecipe& recipe, const TrainOutcome& outcome) {
  constexpr const char* kEnds[] = {"finished", "stopped", "no_better", "checked"};
  nlohmann::ordered_json json = {{"output", recipe.output.string()},
                                 {"end", kEnds[static_cast<int>(outcome.end)]},
                                 {"steps", outcome.steps},
                                 {"lost_examples", outcome.lost_examples},
                                 {"skipped_steps", outcome.skipped_steps}};
  if (outcome.best) json["best"] = {{"step", outcome.best->step}, {"loss", outcome.best->loss}};
  return json;
}

std::string sentence_of(const TrainRecipe& recipe, const TrainOutcome& outcome) {
  if (outcome.end == TrainEnd::kStopped)
    return fmt::format("Stopped behind step {}; the same command goes on.", outcome.steps);
  if (outcome.end == TrainEnd::kChecked) return "The recipe can be trained.";
  std::string best;
  if (outcome.best)
    best = fmt::format("; the best, of step {}, has loss {:.4f}", outcome.best->step, outcome.best->loss);
  return fmt::format("{} steps{}: {}", outcome.steps, best, (recipe.output / "model").string());
}

int hear_only(const Program& program, const TrainRecipe& recipe, const Share& share) {
  ProgressBar bar(program.common);
  HearOptions options{.share = share};
  options.progress = [&](uint64_t done, uint64_t all) {
    bar.update(static_cast<double>(done) / static_cast<double>(std::max<uint64_t>(all, 1)), "hearing");
    return !interrupted();
  };
  options.lost = [&](const std::string& message) {
    bar.clear();
    log_line(LogLevel::kWarning, "left out: " + message);
  };
  const HearReport report = hear(recipe, options);
  bar.clear();
  if (program.common.json) {
    print_json_line({{"heard", report.heard}, {"lost_examples", report.lost}});
  } else {
    print_line(
        fmt::format("{} examples heard, {} lost: {}", report.heard, report.lost, recipe.features.string()));
  }
  return 0;
}

// What the first process tells its user.
void tell_progress(const Program& program, const TrainRecipe& recipe, ProgressBar& bar,
                   TrainCallbacks& told) {
  if (!program.common.quiet) told.begun = tell_begin;
  told.line = [&](const StepRecord& step, const std::string& line) {
    bar.update(static_cast<double>(step.step) / static_cast<double>(recipe.schedule.steps), line);
  };
  told.warning = [&](const RunWarning& warning) {
    bar.clear();
    log_line(LogLevel::kWarning, fmt::format("step {}: {}", warning.step, warning.text));
  };
  told.evaluated = [&](const EvaluationRecord& evaluation) {
    bar.clear();
    if (program.common.quiet) return;
    say(fmt::format("step {}: evaluation loss {:.4f}, {:.1f} % of tokens", evaluation.step, evaluation.loss,
                    100 * evaluation.token_accuracy));
  };
  told.counting = [&](uint64_t counted, uint64_t all) {
    bar.update(static_cast<double>(counted) / static_cast<double>(std::max<uint64_t>(all, 1)),
               "counting tokens");
    return !interrupted();
  };
}

// mpirun tells the others to end when one process has died; no step can be finished then.
void prepare_last_words(const fs::path& output, std::optional<int64_t> step) {
  set_last_words(
      step ? fmt::format(
                 "auris-train ends with the other processes. The last checkpoint in {} is of step {}; the "
                 "same command goes on from it.",
                 output.string(), *step)
           : fmt::format(
                 "auris-train ends with the other processes. {} has no checkpoint yet; the same command "
                 "begins anew.",
                 output.string()));
}

int train_as_one_of(ProcessGroup& processes, const Program& program, const TrainFlags& flags, Device device) {
  TrainRecipe recipe = read_train_recipe(flags.recipe);
  if (!flags.output.empty()) recipe.write_to(flags.output);
  if (flags.hear) {
    const Share one = share_of(flags.share, "--shard");
    return hear_only(program, recipe, processes.alone() ? one : Share{processes.rank(), processes.size()});
  }
  ProgressBar bar(program.common);
  TrainOptions options{.device = device, .check_only = flags.check, .processes = &processes};
  if (processes.first()) tell_progress(program, recipe, bar, options.callbacks);
  options.callbacks.lost = [&](const LostExample& lost) {
    bar.clear();
    log_line(LogLevel::kWarning, "left out: " + lost.message);
  };
  options.callbacks.stop = [] { return interrupted(); };
  if (!processes.alone() && processes.first()) {
    prepare_last_words(recipe.output, std::nullopt);
    options.callbacks.saved = [&](int64_t step) { prepare_last_words(recipe.output, step); };
  }
  const TrainOutcome outcome = train::train(recipe, options);
  if (!processes.alone())
    set_last_words("");  // mpirun may end the slower ones of processes that were all asked to stop
  bar.clear();
  if (processes.first() && program.common.json) {
    print_json_line(summary_of(recipe, outcome));
  } else if (processes.first()) {
    print_line(sentence_of(recipe, outcome));
  }
  return interrupted() || outcome.end == TrainEnd::kStopped ? exit_code_of(ErrorCode::kCancelled) : 0;
}

// An error that all processes meet is told by the first one, which ends the others; one of another process is
// told by that one, a moment later.
int end_all(ProcessGroup& processes, const Error& error) {
  constexpr auto kMoment = std::chrono::milliseconds(300);
  if (!processes.first()) std::this_thread::sleep_for(kMoment);
  const int status = exit_code_of(error.code());
  processes.abort(error, status);
  return status;
}

int run(const Program& program, const TrainFlags& flags) {
  const Device device = flags.device == "cuda" ? Device::kCuda : Device::kTorch;
  const std::unique_ptr<ProcessGroup> processes = join_processes(device);
  interrupt_on(SIGUSR1);  // mpirun and Slurm pass it on to all processes, which they do not with Ctrl-C
  register_torch_backends();
  if (processes->alone()) return train_as_one_of(*processes, program, flags, device);
  try {
    return train_as_one_of(*processes, program, flags, device);
  } catch (const Error& error) {
    return end_all(*processes, error);
  } catch (const std::exception& error) {
    return end_all(*processes, {ErrorCode::kInternal,
                                {.where = "train", .expected = "to train", .got = error.what(), .hint = ""}});
  }
}

}  // namespace
}  // namespace auris::apps

int main(int argc, char** argv) {
  using namespace auris::apps;
  Program program;
  add_train_command(program, [&program](const TrainFlags& flags) { return run(program, flags); });
  add_version(program);
  return program.main(argc, argv);
}
