// Whole runs on small random models.

#include "auris/train/loop/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <fmt/format.h>

#include "auris/audio/decode.h"
#include "auris/base/test_folder.h"
#include "auris/data/asked/item_messages.h"
#include "auris/engine/engine.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/transfer.h"
#include "auris/train/testing/serving_guard.h"
#include "auris/train/testing/small_run.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::small_recipe;
using testing::write_small_data;

class TrainerRuns : public ::testing::Test {
 protected:
  TrainerRuns() { register_torch_backends(); }

  // The losses of each step that a run makes, from `first` on.
  std::vector<double> losses_of(const TrainRecipe& recipe, TrainOutcome* outcome = nullptr) {
    std::vector<double> losses;
    TrainOptions options;
    options.callbacks.stepped = [&](const StepRecord& step) { losses.push_back(step.loss); };
    const TrainOutcome end = train(recipe, options);
    if (outcome != nullptr) *outcome = end;
    return losses;
  }

  static std::string weights_in(const fs::path& output) {
    return TestFolder::content_of(output / "model" / "model.safetensors");
  }

  TestFolder folder_;
};

TEST_F(TrainerRuns, AreTheSameHoweverOftenTheyAreInterrupted) {
  write_small_data(folder_ / "data");
  const std::string augmented = "[augmentation.spec]\ntime_masks = 1\nfrequency_masks = 1\n";
  const auto recipe_in = [&](const char* output) {
    return small_recipe({.data = folder_ / "data", .output = folder_ / output, .more = augmented});
  };
  const std::vector<double> whole = losses_of(recipe_in("whole"));
  ASSERT_EQ(whole.size(), 12u);

  // Asked to stop behind the third step, then killed in the ninth: an exception leaves what a kill leaves.
  const TrainRecipe recipe = recipe_in("broken");
  std::vector<double> losses;
  TrainOptions options;
  options.callbacks.stepped = [&](const StepRecord& step) {
    losses.resize(static_cast<size_t>(step.step - 1));
    losses.push_back(step.loss);
  };
  options.callbacks.stop = [&] { return losses.size() == 3; };
  EXPECT_EQ(train(recipe, options).end, TrainEnd::kStopped);
  options.callbacks.stop = [&]() -> bool {
    if (losses.size() == 9) throw std::runtime_error("killed");
    return false;
  };
  EXPECT_THROW(train(recipe, options), std::runtime_error);
  options.callbacks.stop = {};
  int64_t first = -1;
  options.callbacks.begun = [&](const TrainCallbacks::Begin& begin) { first = begin.first_step; };
  EXPECT_EQ(train(recipe, options).end, TrainEnd::kFinished);
  EXPECT_EQ(first, 8);
  EXPECT_EQ(losses, whole);
  EXPECT_EQ(weights_in(folder_ / "broken"), weights_in(folder_ / "whole"));
}

TEST_F(TrainerRuns, LearnWhatTheyAreShown) {
  write_small_data(folder_ / "data", {.items = 8});
  const TrainRecipe recipe = small_recipe({.data = folder_ / "data",
                                           .output = folder_ / "run",
                                           .steps = 100,
                                           .accumulation = 4,
                                           .learning_rate = 5e-3});
  std::vector<StepRecord> steps;
  TrainOptions options;
  options.callbacks.stepped = [&](const StepRecord& step) { steps.push_back(step); };
  train(recipe, options);
  // The random embeddings, which are the output matrix too, are too short for a loss of zero: they stay.
  EXPECT_LT(steps.front().token_accuracy, 0.2);
  EXPECT_EQ(steps.back().token_accuracy, 1.0);
  EXPECT_LT(steps.back().loss, steps.front().loss - 1.5);

  // The engine, which knows nothing of training, writes every word.
  const auto engine = engine::Engine::load({.language_model = (folder_ / "run" / "model").string()});
  const data::ShardReader shards(folder_ / "data");
  for (uint64_t row = 0; row < shards.size(); ++row) {
    const data::LoadedItem loaded = data::load_item(shards, row);
    const std::vector<engine::Message> messages = data::messages_of(loaded);
    const auto session = engine->start_session({});
    const auto said = session->send({.text = messages.back().content, .audio = messages.back().audio}, {});
    EXPECT_EQ(said.text, loaded.item.answer);
  }
}

// By words: nothing has to be heard where they are read; what is heard before a run is what it would hear.
TEST_F(TrainerRuns, LearnByWords) {
  write_small_data(folder_ / "data", {.items = 2, .spoken = true});
  const auto recipe_in = [&](const char* output, bool read) {
    return small_recipe(
        {.data = folder_ / "data", .output = folder_ / output, .steps = 4, .words = true, .read = read});
  };
  const auto recognitions = [&](const char* output) {
    int64_t files = 0;
    const fs::path features = folder_ / output / "features";
    if (!fs::exists(features)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(features))
      files += entry.path().extension() == ".words" ? 1 : 0;
    return files;
  };
  EXPECT_EQ(losses_of(recipe_in("read", true)).size(), 4u);
  EXPECT_EQ(recognitions("read"), 0);

  const std::vector<double> losses = losses_of(recipe_in("heard", false));
  EXPECT_EQ(recognitions("heard"), 2);
  for (const int64_t part : {0, 1})
    EXPECT_EQ(hear(recipe_in("before", false), {.share = {.index = part, .count = 2}}).heard, 1);
  EXPECT_EQ(recognitions("before"), 2);
  EXPECT_EQ(losses_of(recipe_in("before", false)), losses);
  EXPECT_EQ(weights_in(folder_ / "before"), weights_in(folder_ / "heard"));

  // Served by our own kernels, it hears what it was trained on: the same logits.
  const auto served = engine::load_language_model(folder_ / "heard" / "model", "served");
  const auto trained =
      engine::load_language_model(folder_ / "heard" / "model", "trained", {.device = Device::kTorch});
  const data::ShardReader shards(folder_ / "data");
  const processor::ModelInput input = served->prompt_of(data::messages_of(data::load_item(shards, 0)));
  ASSERT_EQ(input.heard.size(), 1u);
  const auto logits_of = [&](const engine::LanguageModel& model) {
    const Tensor rows = model.ears->embed(input.ids, model.ears->project(input.heard).rows);
    return to_host(model.llama->logits(model.llama->forward(rows, input.layout())));
  };
  EXPECT_LE(models::testing::relative_error(logits_of(*served), logits_of(*trained)), 1e-4);
}

TEST_F(TrainerRuns, HearRowsBeforeThemToo) {
  write_small_data(folder_ / "data", {.items = 4});
  const auto recipe_in = [&](const char* output) {
    return small_recipe({.data = folder_ / "data", .output = folder_ / output, .steps = 4});
  };
  const std::vector<double> losses = losses_of(recipe_in("heard"));
  for (const int64_t part : {0, 1})
    EXPECT_EQ(hear(recipe_in("before"), {.share = {.index = part, .count = 2}}).heard, 2);
  const auto files = std::ranges::count_if(
      fs::recursive_directory_iterator(folder_ / "before" / "features"), fs::recursive_directory_iterator(),
      [](const fs::directory_entry& entry) { return entry.path().extension() == ".rows"; });
  EXPECT_EQ(files, 4);
  EXPECT_EQ(losses_of(recipe_in("before")), losses);
}

TEST_F(TrainerRuns, HearOnlyWhatStaysAsItIs) {
  write_small_data(folder_ / "data", {.items = 2});
  const std::string varied = "[augmentation.speed]\nfactors = [0.9, 1.1]\n";
  const TrainRecipe recipe =
      small_recipe({.data = folder_ / "data", .output = folder_ / "run", .words = true, .more = varied});
  EXPECT_THAT([&] { hear(recipe); }, ::testing::ThrowsMessage<Error>(HasSubstr("varies recordings")));
  EXPECT_THAT([&] { hear(recipe, {.share = {.index = 3, .count = 2}}); },
              ::testing::ThrowsMessage<Error>(HasSubstr("0 <= i < n, got 3/2")));
}

// The train/serve guard: what learned with LibTorch is served by our own kernels.
TEST_F(TrainerRuns, GiveOneModelOnBothBackends) {
  write_small_data(folder_ / "data");
  train(small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 20}));
  testing::expect_served_alike(folder_ / "run" / "model", folder_ / "data");
}

TEST_F(TrainerRuns, LeaveOutWhatIsDamagedAndSaySo) {
  write_small_data(folder_ / "data", {.items = 6, .broken = 2});
  const TrainRecipe recipe = small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 4});
  std::vector<std::string> lost;
  TrainOptions options;
  options.callbacks.lost = [&](const LostExample& example) { lost.push_back(example.message); };
  const TrainOutcome outcome = train(recipe, options);
  EXPECT_EQ(outcome.end, TrainEnd::kFinished);
  EXPECT_GT(outcome.lost_examples, 0);
  EXPECT_EQ(static_cast<int64_t>(lost.size()), outcome.lost_examples);
  EXPECT_THAT(lost.front(), HasSubstr("tone-00"));
}

std::string refusal_of(const std::function<void()>& action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

TEST_F(TrainerRuns, RefuseAFolderWithAnotherRecipe) {
  write_small_data(folder_ / "data");
  train(small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 3}));
  const TrainRecipe other = small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 4});
  EXPECT_THAT(refusal_of([&] { train(other); }, ErrorCode::kUsage), HasSubstr("another recipe"));
}

TEST_F(TrainerRuns, NameADamagedCheckpoint) {
  write_small_data(folder_ / "data");
  const TrainRecipe recipe = small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 8});
  TrainOptions options;
  int64_t steps = 0;
  options.callbacks.stepped = [&](const StepRecord&) { ++steps; };
  options.callbacks.stop = [&] { return steps == 5; };
  train(recipe, options);
  folder_.write("run/checkpoints/step-00000005/parameters.safetensors", "12345678");
  EXPECT_THAT(refusal_of([&] { train(recipe); }, ErrorCode::kModel), HasSubstr("step-00000005"));
}

TEST_F(TrainerRuns, StopWhenEvaluationGetsNoBetter) {
  write_small_data(folder_ / "data");
  const std::string evaluation = fmt::format(
      "[evaluation]\nevery_steps = 2\npatience = 2\nmin_improvement = 0.9\n\n[[evaluation.data]]\nname = "
      "\"dev\"\n"
      "shards = \"{}\"\n",
      (folder_ / "data").string());
  const TrainRecipe recipe =
      small_recipe({.data = folder_ / "data", .output = folder_ / "run", .steps = 40, .more = evaluation});
  TrainOutcome outcome;
  EXPECT_EQ(losses_of(recipe, &outcome).size(),
            6u);  // the first evaluation is the best, two are not 90 % better
  EXPECT_EQ(outcome.end, TrainEnd::kNoBetter);
  ASSERT_TRUE(outcome.best);
  EXPECT_EQ(outcome.best->step, 2);
  EXPECT_TRUE(fs::exists(folder_ / "run" / "best" / "model.safetensors"));
}

}  // namespace
}  // namespace auris::train
