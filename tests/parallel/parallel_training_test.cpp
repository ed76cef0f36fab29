// Whole runs of auris-train by several processes on this machine, on small random models.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/test_folder.h"
#include "auris/train/checkpoint/checkpoint_store.h"
#include "auris/train/testing/small_run.h"
#include "auris/train/watch/run_log.h"
#include "tests/cli/run_auris.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using tests::ProgramInput;
using tests::ProgramResult;

constexpr const char* kMpirun = AURIS_MPIRUN;  // empty without MPI
constexpr int kInterrupted = 130;
// There may be more processes than cores: their threads shall not spin.
const std::vector<std::string> kEnvironment = {"OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive"};

struct RunFigures {
  std::vector<StepRecord> steps;
  std::vector<EvaluationRecord> evaluations;
};

RunFigures figures_in(const fs::path& output) {
  RunFigures figures;
  if (!fs::exists(output / "steps.jsonl")) return figures;
  read_run_log(output / "steps.jsonl", [&](const RunRecord& record) {
    if (const auto* step = std::get_if<StepRecord>(&record)) figures.steps.push_back(*step);
    if (const auto* evaluation = std::get_if<EvaluationRecord>(&record))
      figures.evaluations.push_back(*evaluation);
  });
  return figures;
}

// The numbers behind a name of a process's files in /proc; empty once it has ended.
std::string proc_file(const fs::path& process, const char* name) {
  return TestFolder::content_of(process / name);
}

// The process of this rank that mpirun started for this recipe.
std::optional<pid_t> process_of(int rank, const fs::path& recipe) {
  const std::string variable = fmt::format("OMPI_COMM_WORLD_RANK={}", rank);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename().string();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    if (proc_file(entry.path(), "cmdline").find(recipe.string()) == std::string::npos) continue;
    const std::string environment = proc_file(entry.path(), "environ");
    if (environment.find(variable + '\0') != std::string::npos) return std::stoi(name);
  }
  return std::nullopt;
}

class ParallelTraining : public ::testing::Test {
 protected:
  void SetUp() override {
    if (*kMpirun == '\0') GTEST_SKIP() << "built without MPI: install libopenmpi-dev and openmpi-bin";
    testing::write_small_data(folder_ / "data");
    folder_.write("texts.txt", "one small step\nanother line of text\nand a third one\n");
  }

  struct Settings {
    int64_t steps = 12;
    std::string more = {};
    bool whole_parts = false;  // encoder and language model instead of an adapter
  };
  // What processes have to agree on beside the gradients of their batches: a guard, evaluations.
  std::string all_there_is() const {
    return fmt::format(
        "[[objectives]]\nkind = \"text_guard\"\ntexts = [\"{}\"]\ntokens = 24\n\n"
        "[augmentation.spec]\ntime_masks = 1\n\n"
        "[evaluation]\nevery_steps = 3\n\n[[evaluation.data]]\nname = \"dev\"\nshards = \"{}\"\n\n",
        (folder_ / "texts.txt").string(), (folder_ / "data").string());
  }
  // A recipe with four micro-batches in a step, and its file; its output has the recipe's name.
  fs::path recipe(const std::string& name, const Settings& settings) const {
    const TrainRecipe made = testing::small_recipe({.data = folder_ / "data",
                                                    .output = folder_ / name,
                                                    .steps = settings.steps,
                                                    .accumulation = 4,
                                                    .more = settings.more});
    std::string text = made.text;
    if (settings.whole_parts) {
      const auto replace = [&](const std::string& from, const std::string& to) {
        text.replace(text.find(from), from.size(), to);
      };
      replace("language_model_adapter = { rank = 8, alpha = 16, layers = [\"all\"] }", "");
      replace("part = \"language_model_adapter\"", "part = \"language_model\"");
      replace("[[objectives]]", "[[train]]\npart = \"encoder\"\nlearning_rate = 1e-3\n\n[[objectives]]");
      replace("steps = ", "recompute_activations = true\nsteps = ");
    }
    return folder_.write(name + ".toml", text);
  }

  ProgramResult run(int processes, const fs::path& recipe) const {
    const std::vector<std::string> command = {"train", recipe.string(), "--quiet", "--threads", "1"};
    ProgramInput input{.arguments = command, .standard_input = {}, .environment = kEnvironment};
    if (processes > 1) {
      input.program = kMpirun;
      input.arguments = {"-n",
                         std::to_string(processes),
                         "--oversubscribe",
                         "--allow-run-as-root",
                         "--bind-to",
                         "none",
                         AURIS_PROGRAM};
      input.arguments.insert(input.arguments.end(), command.begin(), command.end());
    }
    return tests::run_auris(input);
  }

  // The same, while `meanwhile` is called every few milliseconds until it returns true.
  ProgramResult run(int processes, const fs::path& recipe, const std::function<bool()>& meanwhile) const {
    std::atomic<bool> ended = false;
    std::thread other([&] {
      while (!ended && !meanwhile()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    });
    ProgramResult result = run(processes, recipe);
    ended = true;
    other.join();
    return result;
  }

  std::string weights(const std::string& name) const {
    return TestFolder::content_of(folder_ / name / "model" / "model.safetensors");
  }
  std::string file(const std::string& name, const char* path) const {
    return TestFolder::content_of(folder_ / name / path);
  }

  TestFolder folder_;
};

void expect_close(double a, double b, double relative, const std::string& what, double absolute = 0) {
  EXPECT_LE(std::abs(a - b), std::max(absolute, relative * std::max(std::abs(a), std::abs(b))))
      << what << ": " << a << ", " << b;
}

// Two and four processes add the same numbers as one in another order. A sum of f32 is rounded by 6e-8 of its
// size; AdamW divides gradients by their own size, so that small ones pass their rounding on whole. Over
// twelve steps of such a model 1e-5 of the loss, and 1e-4 of the norm of gradients, leave room for that, and
// for nothing else: an example that is left out or counted twice changes a loss of this data by 1e-2 and
// more. The guard of texts begins at zero, as differences of log-probabilities of about 5, each of which is
// rounded by 3e-7: so small it has no relative precision, while a text left out changes it by a third.
TEST_F(ParallelTraining, HasTheLossesOfOneProcess) {
  const Settings settings{.more = all_there_is()};
  ASSERT_EQ(run(1, recipe("one", settings)).exit_code, 0);
  const RunFigures one = figures_in(folder_ / "one");
  ASSERT_EQ(one.steps.size(), 12u);
  ASSERT_EQ(one.evaluations.size(), 4u);
  for (const int processes : {2, 4}) {
    SCOPED_TRACE(processes);
    const std::string name = fmt::format("processes_{}", processes);
    const ProgramResult result = run(processes, recipe(name, settings));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const RunFigures many = figures_in(folder_ / name);
    ASSERT_EQ(many.steps.size(), one.steps.size());
    for (size_t i = 0; i < one.steps.size(); ++i) {
      const StepRecord &a = one.steps[i], &b = many.steps[i];
      expect_close(a.loss, b.loss, 1e-5, fmt::format("loss of step {}", i + 1));
      ASSERT_EQ(a.losses.size(), b.losses.size());
      for (const auto& [part, loss] : a.losses) expect_close(loss, b.losses.at(part), 1e-4, part, 3e-7);
      expect_close(a.gradient_norm, b.gradient_norm, 1e-5, fmt::format("norm of step {}", i + 1));
      expect_close(a.projector_rms, b.projector_rms, 1e-5, "projector_rms");
      EXPECT_EQ(a.examples, b.examples);
      EXPECT_EQ(a.tokens, b.tokens);
      expect_close(a.audio_s, b.audio_s, 1e-12, "audio_s");  // f64, in another order
      EXPECT_EQ(a.learning_rates, b.learning_rates);
    }
    ASSERT_EQ(many.evaluations.size(), one.evaluations.size());
    for (size_t i = 0; i < one.evaluations.size(); ++i) {
      expect_close(one.evaluations[i].loss, many.evaluations[i].loss, 1e-5, "evaluation");
      EXPECT_EQ(one.evaluations[i].token_accuracy, many.evaluations[i].token_accuracy);
    }
  }
}

// Encoder, projector and the whole language model, computed again in the backward pass: sums begin while a
// backward pass goes on inside another one.
TEST_F(ParallelTraining, TrainsWholePartsAlike) {
  const Settings settings{.steps = 6,
                          .more = "[optimizer]\nsharded = true\n\n[augmentation.spec]\ntime_masks = 1\n",
                          .whole_parts = true};
  ASSERT_EQ(run(1, recipe("one", settings)).exit_code, 0);
  const ProgramResult result = run(2, recipe("two", settings));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const RunFigures one = figures_in(folder_ / "one"), two = figures_in(folder_ / "two");
  ASSERT_EQ(one.steps.size(), 6u);
  ASSERT_EQ(two.steps.size(), 6u);
  for (size_t i = 0; i < one.steps.size(); ++i) {
    expect_close(one.steps[i].loss, two.steps[i].loss, 1e-5, fmt::format("loss of step {}", i + 1));
    expect_close(one.steps[i].gradient_norm, two.steps[i].gradient_norm, 1e-4,
                 fmt::format("norm of step {}", i + 1));
  }
  for (const char* part : {"encoder", "language_model"})
    EXPECT_FALSE(file("two", fmt::format("model/{}/model.safetensors", part).c_str()).empty()) << part;
}

TEST_F(ParallelTraining, HasTheSameBitsInEveryRunAndWithSharedMoments) {
  const std::string sharded = "[optimizer]\nsharded = true\n";
  ASSERT_EQ(run(2, recipe("first", {.more = all_there_is()})).exit_code, 0);
  ASSERT_EQ(run(2, recipe("second", {.more = all_there_is()})).exit_code, 0);
  ASSERT_EQ(run(2, recipe("sharded", {.more = all_there_is() + sharded})).exit_code, 0);
  ASSERT_FALSE(weights("first").empty());
  const RunFigures first = figures_in(folder_ / "first");
  for (const char* name : {"second", "sharded"}) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(weights("first") == weights(name));
    const char* moments = "checkpoints/step-00000012/optimizer.safetensors";
    ASSERT_FALSE(file(name, moments).empty());
    EXPECT_TRUE(file("first", moments) == file(name, moments));
    const RunFigures other = figures_in(folder_ / name);
    ASSERT_EQ(first.steps.size(), other.steps.size());
    for (size_t i = 0; i < first.steps.size(); ++i) {
      EXPECT_EQ(first.steps[i].loss, other.steps[i].loss) << i;
      EXPECT_EQ(first.steps[i].gradient_norm, other.steps[i].gradient_norm) << i;
    }
  }
}

// kill -9 of one process: all end, the first one says where the next start goes on, and that one ends with
// the weights of a run that nobody disturbed.
TEST_F(ParallelTraining, EndsWithAKilledProcessAndGoesOn) {
  constexpr int64_t kSteps = 24;
  ASSERT_EQ(run(2, recipe("calm", {.steps = kSteps})).exit_code, 0);
  const fs::path disturbed = recipe("disturbed", {.steps = kSteps});
  std::optional<std::chrono::steady_clock::time_point> killed;
  const ProgramResult result = run(2, disturbed, [&] {
    if (figures_in(folder_ / "disturbed").steps.size() < 6) return false;
    const std::optional<pid_t> process = process_of(1, disturbed);
    if (!process) return false;
    ::kill(*process, SIGKILL);
    killed = std::chrono::steady_clock::now();
    return true;
  });
  ASSERT_TRUE(killed);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - *killed;
  EXPECT_LT(took.count(), 15.0);
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("rank 1"));    // mpirun: which one,
  EXPECT_THAT(result.err, HasSubstr("signal 9"));  // and why
  const RunFigures before = figures_in(folder_ / "disturbed");
  ASSERT_LT(static_cast<int64_t>(before.steps.size()), kSteps);
  const std::optional<int64_t> newest = CheckpointStore(folder_ / "disturbed" / "checkpoints", 1).newest();
  ASSERT_TRUE(newest);
  // One that was being finished in that moment need not be told.
  EXPECT_THAT(result.err, AnyOf(HasSubstr(fmt::format("is of step {};", *newest)),
                                HasSubstr(fmt::format("is of step {};", *newest - 4))));

  const ProgramResult next = run(2, disturbed);
  ASSERT_EQ(next.exit_code, 0) << next.err;
  EXPECT_TRUE(weights("calm") == weights("disturbed"));
}

// One process is asked to stop: all do, behind the same step. Another number of them goes on.
TEST_F(ParallelTraining, StopsTogetherAndGoesOnWithAnotherNumber) {
  constexpr int64_t kSteps = 24;
  const Settings settings{.steps = kSteps, .more = "[optimizer]\nsharded = true\n"};
  ASSERT_EQ(run(1, recipe("calm", settings)).exit_code, 0);
  const fs::path stopped = recipe("stopped", settings);
  const ProgramResult result = run(4, stopped, [&] {
    if (figures_in(folder_ / "stopped").steps.size() < 2) return false;
    const std::optional<pid_t> process = process_of(2, stopped);
    if (process) ::kill(*process, SIGINT);
    return process.has_value();
  });
  EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Stopped behind step"));
  const auto done = static_cast<int64_t>(figures_in(folder_ / "stopped").steps.size());
  ASSERT_LT(done, kSteps);
  EXPECT_TRUE(fs::exists(folder_ / "stopped" / "checkpoints" / fmt::format("step-{:08}", done)));
  for (const int processes : {2, 1}) {
    const ProgramResult next = run(processes, stopped, [&] {
      if (processes == 1 || static_cast<int64_t>(figures_in(folder_ / "stopped").steps.size()) < done + 2)
        return false;
      const std::optional<pid_t> process = process_of(0, stopped);
      if (process) ::kill(*process, SIGUSR1);
      return process.has_value();
    });
    EXPECT_EQ(next.exit_code, processes == 1 ? 0 : kInterrupted) << next.err;
  }
  const RunFigures calm = figures_in(folder_ / "calm"), joined = figures_in(folder_ / "stopped");
  ASSERT_EQ(joined.steps.size(), calm.steps.size());
  for (size_t i = 0; i < calm.steps.size(); ++i)
    expect_close(calm.steps[i].loss, joined.steps[i].loss, 1e-4, fmt::format("loss of step {}", i + 1));
}

TEST_F(ParallelTraining, RefusesWhatProcessesCannotShare) {
  const fs::path path = recipe("odd", {});
  const ProgramResult result = run(3, path);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("an accumulation that 3 processes can share evenly"));
  EXPECT_THAT(result.err, HasSubstr("6 would do"));
  EXPECT_FALSE(fs::exists(folder_ / "odd"));
}

// Two programs as one group, as machines would be that do not see the same files.
TEST_F(ParallelTraining, EndsAllWhenOneCannotTakePart) {
  const auto run_both = [&](const fs::path& first, const fs::path& second) {
    ProgramInput input{.arguments = {"--oversubscribe", "--allow-run-as-root", "--bind-to", "none"},
                       .standard_input = {},
                       .environment = kEnvironment,
                       .program = kMpirun};
    for (const fs::path& one : {first, second}) {
      if (one == second) input.arguments.emplace_back(":");
      for (const std::string& word : {std::string("-n"), std::string("1"), std::string(AURIS_PROGRAM),
                                      std::string("train"), one.string()})
        input.arguments.push_back(word);
    }
    return tests::run_auris(input);
  };
  const fs::path one = recipe("one", {}), other = recipe("other", {});
  ProgramResult result = run_both(one, folder_ / "missing.toml");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, AllOf(HasSubstr("process 1 of 2: "), HasSubstr("missing.toml")));
  result = run_both(one, other);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("the same recipe in all processes, got other ones in process 1"));
  EXPECT_FALSE(fs::exists(folder_ / "one"));
}

// Of a launcher that Auris does not know, or without MPI: no process trains alone what it should share.
TEST(ParallelStart, RefusesALauncherThatMpiDoesNotKnow) {
  const ProgramResult result = tests::run_auris({.arguments = {"train", "recipe.toml"},
                                                 .standard_input = {},
                                                 .environment = {"SLURM_STEP_NUM_TASKS=2"}});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("[processes]"));
  EXPECT_THAT(result.err, HasSubstr(*kMpirun == '\0' ? "libopenmpi-dev" : "srun --mpi=pmix"));
}

}  // namespace
}  // namespace auris::train
