// Whole runs that train other parts than a projector and an adapter of the language model, on small random
// models: what they write, how they go on, and LLaSO's two stages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "auris/base/json_text.h"
#include "auris/base/test_folder.h"
#include "auris/engine/language_model.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/train/checkpoint/checkpoint_store.h"
#include "auris/train/loop/trainer.h"
#include "auris/train/parameters/parameter_set.h"
#include "auris/train/testing/serving_guard.h"
#include "auris/train/testing/small_run.h"

namespace auris::train {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using testing::expect_served_alike;
using ::testing::HasSubstr;
using testing::write_small_data;

const fs::path kGolden = fs::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm";

struct PartsRun {
  fs::path data, output;
  std::vector<std::string> parts;
  std::string top = {};    // lines before the tables
  std::string model = {};  // lines of [model]
  std::string encoder = (kGolden / "llaso/encoder").string();
  std::string language_model = (kGolden / "ultravox").string();
  std::string projector = "type = 'swiglu', stack = 8, inner = 32";
  std::string more = {};  // tables behind the others
  int64_t steps = 6;
  int64_t context_tokens = 512;
};

TrainRecipe recipe_of(const PartsRun& run) {
  std::string trained;
  for (const std::string& part : run.parts)
    trained += fmt::format("[[train]]\npart = '{}'\nlearning_rate = 3e-3\nweight_decay = 0.01\n", part);
  return parse_train_recipe(
      fmt::format("seed = 5\nsteps = {}\noutput = '{}'\n{}\n[model]\nencoder = '{}'\nlanguage_model = '{}'\n"
                  "projector = {{ {} }}\n{}\n{}\n[[objectives]]\nkind = 'answer'\n[[data]]\nname = 'tones'\n"
                  "shards = '{}'\n[batch]\nexamples = 2\naccumulation = 2\ncontext_tokens = {}\n"
                  "[checkpoint]\nevery_steps = 2\n{}\n",
                  run.steps, run.output.string(), run.top, run.encoder, run.language_model, run.projector,
                  run.model, trained, run.data.string(), run.context_tokens, run.more),
      "recipe of parts", "/");
}

std::vector<double> losses_of(const TrainRecipe& recipe, const std::function<bool(int64_t)>& stop = {}) {
  std::vector<double> losses;
  TrainOptions options;
  options.callbacks.stepped = [&](const StepRecord& step) { losses.push_back(step.loss); };
  if (stop) options.callbacks.stop = [&] { return stop(std::ssize(losses)); };
  train(recipe, options);
  return losses;
}

// Every file of a model by its name, but for the card.
std::map<std::string, std::string> files_of(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() != ".md" && entry.path().extension() != ".svg")
      files[fs::relative(entry.path(), folder).string()] = TestFolder::content_of(entry.path());
  }
  return files;
}

std::string refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

// How far apart two files have a tensor.
double distance(const std::shared_ptr<const weights::Checkpoint>& ours,
                const std::shared_ptr<const weights::Checkpoint>& theirs, const char* name) {
  return models::testing::relative_error(ops::to_f32(ours->tensor(name)), ops::to_f32(theirs->tensor(name)));
}

constexpr const char* kAdapters =
    "language_model_adapter = { rank = 4, alpha = 8 }\nencoder_adapter = { rank = 4, alpha = 8, layers = "
    "['q_proj', 'v_proj', 'fc1', 'fc2'] }";

struct Case {
  const char* name;
  std::vector<std::string> parts;
  const char* model;
  std::vector<const char*> folders;  // that the written model has
};

class RunsOfParts : public ::testing::TestWithParam<Case> {
 protected:
  RunsOfParts() {
    register_torch_backends();
    write_small_data(folder_ / "data", {.items = 6});
  }
  PartsRun run_in(const char* output) const {
    return {.data = folder_ / "data",
            .output = folder_ / output,
            .parts = GetParam().parts,
            .model = GetParam().model};
  }
  TestFolder folder_;
};

TEST_P(RunsOfParts, AreServedAndGoOnToTheSameBits) {
  const std::vector<double> whole = losses_of(recipe_of(run_in("whole")));
  ASSERT_EQ(whole.size(), 6u);
  EXPECT_NE(whole.front(), whole.back());
  const fs::path model = folder_ / "whole" / "model";
  expect_served_alike(model, folder_ / "data");
  for (const char* name : {"encoder", "language_model"}) {
    const bool own = std::ranges::count(GetParam().folders, std::string_view(name)) > 0;
    EXPECT_EQ(fs::exists(model / name), own) << name;
  }

  const TrainRecipe broken = recipe_of(run_in("broken"));
  std::vector<double> losses = losses_of(broken, [](int64_t steps) { return steps == 3; });
  for (const double loss : losses_of(broken)) losses.push_back(loss);
  EXPECT_EQ(losses, whole);
  EXPECT_EQ(files_of(folder_ / "broken" / "model"), files_of(model));
}

// An encoder that learns hears as it goes, whatever a cache holds.
TEST_P(RunsOfParts, KeepFeaturesOfFrozenEncodersOnly) {
  const TrainRecipe recipe = recipe_of(run_in("run"));
  const bool learns = recipe.find(Part::kEncoder) != nullptr || recipe.find(Part::kEncoderAdapter) != nullptr;
  losses_of(recipe);
  EXPECT_EQ(fs::exists(recipe.features), !learns);
  if (!learns) return;
  EXPECT_THAT(refusal_of([&] { hear(recipe); }), HasSubstr("trains what hears them"));
}

TEST_P(RunsOfParts, CheckpointWhatIsTrained) {
  const TrainRecipe recipe = recipe_of(run_in("run"));
  losses_of(recipe);
  const auto parameters =
      weights::open_checkpoint(folder_ / "run/checkpoints/step-00000006" / CheckpointStore::kParametersName);
  std::set<Part> parts;
  for (const weights::TensorInfo& info : parameters->tensors()) parts.insert(part_named(info.name).value());
  std::set<Part> wanted;
  for (const TrainedPart& trained : recipe.trained) wanted.insert(trained.part);
  EXPECT_EQ(parts, wanted);

  // What is loaded from the result is what the last checkpoint holds, to the last bit.
  size_t compared = 0;
  const auto compare = [&](std::string_view name, const Tensor& tensor) {
    if (parameters->contains(name)) {
      EXPECT_EQ(models::testing::relative_error(tensor, parameters->tensor(name)), 0.0) << name;
      ++compared;
    }
    return tensor;
  };
  models::load_audio_llm(models::AudioLlmSources{.model = folder_ / "run" / "model"}, {.adopt = compare});
  EXPECT_EQ(compared, parameters->tensors().size());
}

TEST_P(RunsOfParts, LearnTheSameWithActivationsComputedAgain) {
  const std::vector<double> kept = losses_of(recipe_of(run_in("kept")));
  PartsRun again = run_in("again");
  again.top = "recompute_activations = true";
  EXPECT_EQ(losses_of(recipe_of(again)), kept);
  EXPECT_EQ(files_of(folder_ / "again" / "model"), files_of(folder_ / "kept" / "model"));
}

INSTANTIATE_TEST_SUITE_P(
    Parts, RunsOfParts,
    ::testing::Values(
        Case{"encoder", {"encoder"}, "", {"encoder"}},
        Case{"projector_and_language_model", {"projector", "language_model"}, "", {"language_model"}},
        Case{"adapters", {"projector", "encoder_adapter", "language_model_adapter"}, kAdapters, {}},
        Case{"everything",
             {"projector", "encoder", "language_model"},
             "window_rows = 'whole'",
             {"encoder", "language_model"}}),
    [](const auto& test) { return std::string(test.param.name); });

class PartsOfRuns : public ::testing::Test {
 protected:
  PartsOfRuns() { register_torch_backends(); }
  TestFolder folder_;
};

// Stages 1 and 2 as recipes/llaso has them, with small models.
TEST_F(PartsOfRuns, MakeALlasoCheckpointInTwoStages) {
  write_small_data(folder_ / "data", {.items = 2});
  // A language model that knows none of LLaSO's tags.
  const fs::path language = folder_ / "llama";
  fs::copy(kGolden / "ultravox", language);
  nlohmann::json tokenizer = read_json_file(language / "tokenizer.json", ErrorCode::kModel);
  auto& added = tokenizer["added_tokens"];
  added.erase(added.begin() + 9, added.end());  // <unk>, <Audio>, </Audio>, <audio_start>, <audio_end>
  folder_.write("llama/tokenizer.json", tokenizer.dump());

  PartsRun run{.data = folder_ / "data",
               .output = folder_ / "align",
               .parts = {"projector"},
               .model = "layout = 'llaso'\nwindow_rows = 'whole'",
               .language_model = language.string(),
               .projector = "type = 'mlp_gelu', stack = 1, inner = 32",
               .steps = 4,
               .context_tokens = 4096};
  losses_of(recipe_of(run));
  const auto aligned = weights::open_checkpoint(folder_ / "align" / "model");
  const auto initial = weights::open_checkpoint(folder_ / "align" / "initial");
  EXPECT_EQ(models::audio_llm_family_of(*aligned), models::AudioLlmFamily::kLlaso);
  const char* projector = "model.mm_audio_aligner.projector.0.weight";
  const char* query = "model.layers.0.self_attn.q_proj.weight";
  EXPECT_GT(distance(aligned, initial, projector), 1e-3);
  EXPECT_EQ(distance(aligned, initial, query), 0.0);
  expect_served_alike(folder_ / "align" / "model", folder_ / "data");

  run.output = folder_ / "instruct";
  run.parts = {"projector", "language_model"};
  run.model += fmt::format("\nbegin.projector = '{}'", (folder_ / "align").string());
  run.top = "recompute_activations = true";
  run.more = "[optimizer]\nsharded = true";
  losses_of(recipe_of(run));
  const fs::path model = folder_ / "instruct" / "model";
  const auto begun = weights::open_checkpoint(folder_ / "instruct" / "initial");
  const auto instructed = weights::open_checkpoint(model);
  EXPECT_EQ(distance(begun, aligned, projector), 0.0);
  EXPECT_GT(distance(instructed, begun, projector), 1e-3);
  EXPECT_GT(distance(instructed, begun, query), 1e-3);
  expect_served_alike(model, folder_ / "data");

  // What it learned is asked in LLaSO's own prompt, tags and all.
  const auto served = engine::load_language_model(model, "llaso");
  EXPECT_EQ(served->ears->config().family, models::AudioLlmFamily::kLlaso);
  EXPECT_EQ(served->tokenizer->find("<audio_end>"), 277);
}

// A part that a run left is held by what the next one writes, and hears for its features.
TEST_F(PartsOfRuns, BeginAsEarlierRunsLeftThem) {
  write_small_data(folder_ / "data", {.items = 4});
  PartsRun first{.data = folder_ / "data",
                 .output = folder_ / "first",
                 .parts = {"projector", "encoder", "language_model"}};
  first.steps = 2;
  losses_of(recipe_of(first));
  PartsRun second{.data = folder_ / "data", .output = folder_ / "second", .parts = {"projector"}};
  second.steps = 2;
  const std::string from = (folder_ / "first").string();
  second.model =
      fmt::format("begin = {{ projector = '{0}', encoder = '{0}', language_model = '{0}' }}", from);
  const std::vector<double> losses = losses_of(recipe_of(second));
  const fs::path before = folder_ / "first" / "model", behind = folder_ / "second" / "model";
  for (const char* part : {"encoder/model.safetensors", "language_model/model.safetensors"})
    EXPECT_EQ(TestFolder::content_of(behind / part), TestFolder::content_of(before / part)) << part;
  expect_served_alike(behind, folder_ / "data");

  // Published models hear and answer otherwise, also where the features are shared.
  PartsRun third = second;
  third.output = folder_ / "third";
  third.top = fmt::format("features = '{}'", (folder_ / "second" / "features").string());
  third.model = fmt::format("begin = {{ projector = '{}' }}", from);
  EXPECT_NE(losses_of(recipe_of(third)).front(), losses.front());
}

// An adapter of an earlier run that stays as it is hears too.
TEST_F(PartsOfRuns, KeepTheAdaptersOfEarlierRuns) {
  write_small_data(folder_ / "data", {.items = 4});
  PartsRun first{.data = folder_ / "data",
                 .output = folder_ / "first",
                 .parts = {"projector", "encoder_adapter", "language_model_adapter"},
                 .model = kAdapters,
                 .steps = 2};
  losses_of(recipe_of(first));
  PartsRun second{.data = folder_ / "data", .output = folder_ / "second", .parts = {"projector"}, .steps = 2};
  const std::string from = (folder_ / "first").string();
  second.model = fmt::format(
      "begin = {{ projector = '{0}', encoder_adapter = '{0}', "
      "language_model_adapter = '{0}' }}\n{1}",
      from, kAdapters);
  losses_of(recipe_of(second));
  const auto before = weights::open_checkpoint(folder_ / "first" / "model");
  const auto behind = weights::open_checkpoint(folder_ / "second" / "model");
  for (const char* name : {"encoder.layers.1.fc2.lora_b", "language_model.layers.1.mlp.up_proj.lora_b"})
    EXPECT_EQ(distance(behind, before, name), 0.0) << name;
  EXPECT_TRUE(fs::exists(folder_ / "second" / "features"));
  expect_served_alike(folder_ / "second" / "model", folder_ / "data");

  // Trained on, they begin where they were: the first losses are those of the same model and examples.
  PartsRun third = first, fourth = second;
  third.model = second.model;
  third.output = folder_ / "third";
  fourth.output = folder_ / "fourth";
  EXPECT_EQ(losses_of(recipe_of(third)).front(), losses_of(recipe_of(fourth)).front());
}

// The model of the best evaluation, whole parts and all.
TEST_F(PartsOfRuns, GiveTheBestOfTheirEvaluations) {
  write_small_data(folder_ / "data", {.items = 4});
  PartsRun run{.data = folder_ / "data", .output = folder_ / "run", .parts = {"projector", "language_model"}};
  run.more = fmt::format("[evaluation]\nevery_steps = 2\n[[evaluation.data]]\nname = 'dev'\nshards = '{}'\n",
                         (folder_ / "data").string());
  losses_of(recipe_of(run));
  EXPECT_EQ(files_of(folder_ / "run" / "model"), files_of(folder_ / "run" / "best"));
  expect_served_alike(folder_ / "run" / "model", folder_ / "data");
}

// By words the language model learns whole, too: its embeddings are the words.
TEST_F(PartsOfRuns, LearnLanguageModelsByWords) {
  write_small_data(folder_ / "data", {.items = 2, .spoken = true});
  const PartsRun run{.data = folder_ / "data",
                     .output = folder_ / "run",
                     .parts = {"projector", "language_model"},
                     .encoder = "whisper-tiny.en",
                     .projector = "type = 'words', pooled = 2",
                     .steps = 2};
  const std::vector<double> losses = losses_of(recipe_of(run));
  ASSERT_EQ(losses.size(), 2u);
  EXPECT_LT(losses.back(), losses.front());
  EXPECT_TRUE(fs::exists(folder_ / "run/model/language_model/config.json"));
  const auto served = engine::load_language_model(folder_ / "run" / "model", "served");
  EXPECT_NE(served->listener, nullptr);
}

// Published files: an encoder of CTranslate2 and a language model in a quantized GGUF file.
TEST_F(PartsOfRuns, TakePublishedFiles) {
  write_small_data(folder_ / "data", {.items = 1});
  const PartsRun run{.data = folder_ / "data",
                     .output = folder_ / "run",
                     .parts = {"encoder", "language_model"},
                     .encoder = "whisper-tiny.en",
                     .language_model = "smollm2-135m-instruct",
                     .steps = 1};
  losses_of(recipe_of(run));
  const auto language = weights::open_checkpoint(folder_ / "run/model/language_model/model.gguf");
  const auto parameters =
      weights::open_checkpoint(folder_ / "run/checkpoints/step-00000001" / CheckpointStore::kParametersName);
  EXPECT_EQ(
      models::testing::relative_error(language->tensor("blk.3.attn_q.weight"),
                                      parameters->tensor("language_model.layers.3.self_attn.q_proj.weight")),
      0.0);
  expect_served_alike(folder_ / "run" / "model", folder_ / "data");
}

// Before the first step the language model is what the guard compares it with, and not behind it.
TEST_F(PartsOfRuns, AreGuardedByWhatTheyWere) {
  write_small_data(folder_ / "data", {.items = 4});
  folder_.write("texts.txt", "one small step\nanother line of text\nand a third one\n");
  for (const char* layout : {"", "layout = 'llaso'\nwindow_rows = 'whole'"}) {
    PartsRun run{.data = folder_ / "data",
                 .output = folder_ / (*layout == '\0' ? "composed" : "llaso"),
                 .parts = {"projector", "language_model"},
                 .model = layout,
                 .projector = "type = 'mlp_gelu', stack = 1, inner = 32",
                 .more = fmt::format("[[objectives]]\nkind = 'text_guard'\ntexts = ['{}']\ntokens = 24\n",
                                     (folder_ / "texts.txt").string()),
                 .steps = 2,
                 .context_tokens = 4096};
    std::vector<double> guards;
    TrainOptions options;
    options.callbacks.stepped = [&](const StepRecord& step) {
      guards.push_back(step.losses.at("text_guard"));
    };
    train(recipe_of(run), options);
    EXPECT_NEAR(guards.at(0), 0.0, 1e-6);
    EXPECT_GT(guards.at(1), 1e-5);
  }
}

// The plan counts what learns: 16 bytes a parameter, and no frozen copy of it beside.
TEST_F(PartsOfRuns, ArePlanned) {
  write_small_data(folder_ / "data", {.items = 4});
  const auto planned = [&](const char* name, const std::vector<std::string>& parts, const std::string& top) {
    PartsRun run{.data = folder_ / "data", .output = folder_ / name, .parts = parts, .top = top};
    std::map<std::string, int64_t> lines;
    TrainOptions options{.check_only = true};
    options.callbacks.begun = [&](const TrainCallbacks::Begin& begin) {
      for (const PlannedBytes& line : begin.plan.memory.lines) lines[line.name] = line.bytes;
      EXPECT_EQ(begin.plan.memory.trained_parameters, begin.trained_elements);
    };
    train(recipe_of(run), options);
    return lines;
  };
  // By hand, from the sizes in tests/golden/audio_llm: a table of 278 x 32, 2 layers of 2 * 32 * 32 + 2 * 32
  // * 16 for attention, 3 * 32 * 48 for the MLP and 2 * 32 for norms, and a norm.
  constexpr int64_t kLanguage = 278 * 32 + 2 * (2 * 32 * 32 + 2 * 32 * 16 + 3 * 32 * 48 + 2 * 32) + 32;
  // Convolutions 128 -> 16 -> 16 of 3, 2 layers of 16 columns and 32 inside (keys without bias), norms.
  constexpr int64_t kEncoder =
      3 * 16 * (128 + 16) + 2 * 16 + 2 * (4 * 16 * 16 + 3 * 16 + 2 * 16 * 32 + 32 + 16 + 4 * 16) + 2 * 16;
  auto frozen = planned("frozen", {"projector"}, "");
  auto all = planned("all", {"encoder", "language_model"}, "");
  auto again = planned("again", {"encoder", "language_model"}, "recompute_activations = true");
  EXPECT_EQ(all.at("language_model: weights"), 4 * kLanguage);
  EXPECT_EQ(all.at("language_model: gradients"), 4 * kLanguage);
  EXPECT_EQ(all.at("language_model: moments"), 8 * kLanguage);
  EXPECT_EQ(all.at("encoder: weights"), 4 * kEncoder);
  EXPECT_EQ(all.at("encoder: moments"), 8 * kEncoder);
  EXPECT_GT(all.at("encoder: activations"), frozen.at("encoder: activations"));
  EXPECT_FALSE(frozen.contains("encoder's convolutions: activations"));
  EXPECT_TRUE(all.contains("encoder's convolutions: activations"));
  for (const char* name : {"encoder: activations", "language_model: activations"})
    EXPECT_LT(again.at(name), all.at(name)) << name;
}

TEST_F(PartsOfRuns, AreRefusedWhereALayoutCannotHoldThem) {
  write_small_data(folder_ / "data", {.items = 2});
  PartsRun run{.data = folder_ / "data",
               .output = folder_ / "run",
               .parts = {"projector"},
               .model = "layout = 'llaso'\nwindow_rows = 'whole'",
               .language_model = "smollm2-135m-instruct",
               .projector = "type = 'mlp_gelu', stack = 1, inner = 32"};
  EXPECT_THAT(refusal_of([&] { train(recipe_of(run)); }), HasSubstr("a Hugging Face folder"));
  run.language_model = (kGolden / "ultravox").string();
  run.projector = "type = 'mlp_gelu', stack = 1, inner = 20";
  run.output = folder_ / "narrow";
  EXPECT_THAT(refusal_of([&] { train(recipe_of(run)); }), HasSubstr("projector.inner"));
  // A LLaSO checkpoint's language model is no part by itself.
  run = {.data = folder_ / "data",
         .output = folder_ / "composed",
         .parts = {"projector"},
         .model = fmt::format("begin.language_model = '{}'", (kGolden / "llaso").string())};
  EXPECT_THAT(refusal_of([&] { train(recipe_of(run)); }),
              AllOf(HasSubstr("lies by itself"), HasSubstr("layout = 'llaso'")));
}

}  // namespace
}  // namespace auris::train
