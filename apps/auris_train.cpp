// auris-train: what `auris train` runs. The only program that links LibTorch.

#include <fmt/format.h>

#include "apps/part_flag.h"
#include "apps/program.h"
#include "apps/progress_bar.h"
#include "apps/train_flags.h"
#include "auris/base/log.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/train/loop/trainer.h"

namespace auris::apps {
namespace {

using namespace auris::train;

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

int hear_only(const Program& program, const TrainRecipe& recipe, const Part& part) {
  ProgressBar bar(program.common);
  HearOptions options{.part = part.index, .parts = part.count};
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

int run(const Program& program, const TrainFlags& flags) {
  register_torch_backends();
  TrainRecipe recipe = read_train_recipe(flags.recipe);
  if (!flags.output.empty()) recipe.write_to(flags.output);
  if (flags.hear) return hear_only(program, recipe, part_of(flags.part, "--shard"));
  const Device device = flags.device == "cuda" ? Device::kCuda : Device::kTorch;
  ProgressBar bar(program.common);
  TrainOptions options{.device = device, .check_only = flags.check};
  if (!program.common.quiet) options.callbacks.begun = tell_begin;
  options.callbacks.line = [&](const StepRecord& step, const std::string& line) {
    bar.update(static_cast<double>(step.step) / static_cast<double>(recipe.schedule.steps), line);
  };
  options.callbacks.warning = [&](const RunWarning& warning) {
    bar.clear();
    log_line(LogLevel::kWarning, fmt::format("step {}: {}", warning.step, warning.text));
  };
  options.callbacks.lost = [&](const LostExample& lost) {
    bar.clear();
    log_line(LogLevel::kWarning, "left out: " + lost.message);
  };
  options.callbacks.evaluated = [&](const EvaluationRecord& evaluation) {
    bar.clear();
    if (program.common.quiet) return;
    say(fmt::format("step {}: evaluation loss {:.4f}, {:.1f} % of tokens", evaluation.step, evaluation.loss,
                    100 * evaluation.token_accuracy));
  };
  options.callbacks.counting = [&](uint64_t counted, uint64_t all) {
    bar.update(static_cast<double>(counted) / static_cast<double>(std::max<uint64_t>(all, 1)),
               "counting tokens");
    return !interrupted();
  };
  options.callbacks.stop = [] { return interrupted(); };
  const TrainOutcome outcome = train::train(recipe, options);
  bar.clear();
  if (program.common.json) {
    print_json_line(summary_of(recipe, outcome));
  } else {
    print_line(sentence_of(recipe, outcome));
  }
  return interrupted() ? exit_code_of(ErrorCode::kCancelled) : 0;
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
