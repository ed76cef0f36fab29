// Audio language models from a recording to log-probabilities and answers, against the references. Golden
// values and checkpoints: tools/reference/dump_audio_scores.py.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "auris/audio/decode.h"
#include "auris/base/test_folder.h"
#include "auris/engine/engine.h"
#include "auris/engine/prompt_rows.h"
#include "auris/engine/score.h"
#include "auris/weights/safetensors_writer.h"
#include "tests/source_folder.h"

namespace auris::engine {
namespace {

using generate::GenerationOptions;
using nlohmann::json;
using testing::HasSubstr;

constexpr double kTolerance = 1e-4;
constexpr double kQuantizedTolerance =
    1e-3;  // SmolLM2's products with Q4_1 weights; the reference's weights are f32
constexpr int kAnswerTokens = 12;

std::filesystem::path golden_folder() {
  return std::filesystem::path(AURIS_SOURCE_DIR) / "tests" / "golden" / "audio_llm";
}

json golden(const std::string& name) {
  std::ifstream file(golden_folder() / name / "scores.json");
  return json::parse(file);
}

// The recordings of the reference script: two of them are formulas.
Clip recording(const std::string& name) {
  static std::map<std::string, Clip> all;
  Clip& clip = all[name];
  if (clip) return clip;
  if (name == "short") {
    clip = std::make_shared<const audio::AudioClip>(audio::decode_audio(
        "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav"));
    return clip;
  }
  audio::AudioClip made;
  int64_t samples = name == "long" ? 533333 : 12345;
  for (int64_t n = 0; n < samples; ++n) {
    int64_t value = (n * 7919 % 16001 - 8000) * (1 + n / 4000 % 3);
    made.samples.push_back(static_cast<float>(std::floor(static_cast<double>(value) / 3)) / 32768.0f);
  }
  clip = std::make_shared<const audio::AudioClip>(std::move(made));
  return clip;
}

std::vector<Clip> recordings(const json& names) {
  std::vector<Clip> clips;
  for (const json& name : names) clips.push_back(recording(name));
  return clips;
}

// Multiples of 2^-10: the script's projector_weight.
Tensor formula_weights(std::vector<int64_t> extents, uint64_t salt) {
  Tensor tensor = extents.size() == 1 ? Tensor::zeros({extents[0]}) : Tensor::zeros({extents[0], extents[1]});
  for (int64_t n = 0; n < tensor.elements(); ++n) {
    uint64_t mixed = ((static_cast<uint64_t>(n) + salt) * 2654435761u % (uint64_t{1} << 32)) >> 24;
    tensor.data<float>()[n] = (static_cast<float>(mixed) - 128.0f) / 1024.0f;
  }
  return tensor;
}

// A small JSON file and a projector: the encoder and the language model stay where they are.
void write_composed(const TestFolder& folder) {
  folder.write("config.json", R"({"model_type": "auris_audio_llm", "encoder": "whisper-base",
      "language_model": "smollm2-135m-instruct", "projector": {"type": "mlp_gelu", "inner": 64, "stack": 5}})");
  weights::write_safetensors(
      folder / "model.safetensors",
      std::vector<weights::NamedTensor>{{"projector.0.weight", formula_weights({64, 2560}, 1)},
                                        {"projector.2.weight", formula_weights({576, 64}, 2)},
                                        {"projector.0.bias", formula_weights({64}, 3)},
                                        {"projector.2.bias", formula_weights({576}, 4)}});
}

class AudioModel : public ::testing::TestWithParam<std::string> {
 protected:
  static std::shared_ptr<const LanguageModel> load(const std::string& name) {
    static std::map<std::string, std::shared_ptr<const LanguageModel>> models;
    auto& model = models[name];
    if (model) return model;
    if (name != "composed") return model = load_language_model(golden_folder() / name, name);
    static TestFolder folder;
    write_composed(folder);
    return model = load_language_model(folder.path(), name);
  }
  std::shared_ptr<const LanguageModel> model_ = load(GetParam());
  json golden_ = golden(GetParam());
};

TEST_P(AudioModel, LogProbabilitiesAsTheReference) {
  for (const json& test : golden_["cases"]) {
    SCOPED_TRACE(test["prompt"].dump() + " " + test["audio"].dump() + " " + test["template"].dump());
    Score ours = score(*model_, {.prompt = test["prompt"],
                                 .continuation = test["continuation"],
                                 .use_template = test["template"],
                                 .audio = recordings(test["audio"])});
    std::vector<text::TokenId> prompt;
    for (const json& run : test["prompt_tokens"])
      prompt.insert(prompt.end(), run[0].get<size_t>(), run[1].get<int>());
    EXPECT_EQ(ours.prompt_tokens, prompt);
    ASSERT_EQ(ours.tokens, test["tokens"].get<std::vector<text::TokenId>>());
    for (size_t i = 0; i < ours.tokens.size(); ++i) {
      double tolerance = GetParam() == "composed" ? kQuantizedTolerance : kTolerance;
      EXPECT_NEAR(ours.logprobs[i], test["logprobs"][i].get<double>(), tolerance) << i;
    }
  }
}

TEST_P(AudioModel, GreedyAnswersAsTheReference) {
  for (const json& test : golden_["asks"]) {
    Session session(model_, {}, model_->llama->config().context_length);
    GenerationOptions options;
    options.max_tokens = kAnswerTokens;
    options.stop_repetition = false;
    auto answer =
        session.send(Turn{.text = test["question"], .audio = recordings(json{test["audio"]})}, options);
    EXPECT_EQ(answer.tokens, test["tokens"].get<std::vector<text::TokenId>>()) << test["audio"];
    EXPECT_GE(answer.first_token_s, 0);
  }
}

// Spoken and typed turns mix; what was heard is not heard again, and remembering it changes nothing.
TEST_P(AudioModel, SessionsRememberWhatTheyHeard) {
  GenerationOptions options;
  options.max_tokens = 6;
  Session session(model_, {}, model_->llama->config().context_length);
  auto first = session.send(Turn{.text = "Who?", .audio = {recording("tone")}}, options);
  session.send("Why?", options);
  auto last = session.send(Turn{.text = "And now?", .audio = {recording("short")}}, options);
  EXPECT_GE(last.cached_tokens, first.prompt_tokens);

  std::vector<Message> history = session.history();
  ASSERT_EQ(history.size(), 6u);
  history.pop_back();  // the last answer
  processor::ModelInput prompt = model_->prompt_of(history);
  PromptRows rows(*model_, prompt);
  KvCache cache(model_->llama->cache_options(DType::kF32));
  generate::TextGenerator generator(*model_->llama, *model_->tokenizer, model_->end_of_turn);
  auto at_once = generator.generate(
      {.tokens = prompt.ids, .embed = [&](int64_t begin, int64_t n) { return rows.rows(begin, n); }},
      {.cache = cache, .sequence = cache.create()}, options);
  EXPECT_EQ(at_once.tokens, last.tokens);
}

// Rows of sound look alike as token ids: the session must not take one recording for another.
TEST_P(AudioModel, AnotherRecordingIsHeardAnew) {
  GenerationOptions options;
  options.max_tokens = 4;
  audio::AudioClip silent = *recording("tone");
  std::fill(silent.samples.begin(), silent.samples.end(), 0.0f);
  Session session(model_, {}, model_->llama->config().context_length);
  auto first = session.send(Turn{.text = "Who?", .audio = {recording("tone")}}, options);
  session.clear();
  auto second = session.send(
      Turn{.text = "Who?", .audio = {std::make_shared<const audio::AudioClip>(silent)}}, options);
  EXPECT_EQ(second.prompt_tokens, first.prompt_tokens);
  EXPECT_LT(second.cached_tokens, first.prompt_tokens - 4);
}

TEST_P(AudioModel, MarksAndRecordingsMustMatch) {
  for (bool use_template : {false, true}) {
    try {
      score(*model_, {.prompt = "No mark",
                      .continuation = "a",
                      .use_template = use_template,
                      .audio = {recording("tone")}});
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.hint(), HasSubstr("<audio>"));
    }
    EXPECT_THROW(score(*model_, {.prompt = "<audio>", .continuation = "a", .use_template = use_template}),
                 Error);
  }
}

INSTANTIATE_TEST_SUITE_P(Layout, AudioModel,
                         ::testing::Values("llaso", "ultravox", "qwen2-audio", "composed"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(AskByEar, AutoHearsAndStreams) {
  auto engine = Engine::load({.language_model = (golden_folder() / "ultravox").string()});
  AskOptions options;
  options.answer.max_tokens = kAnswerTokens;
  generate::GenerationCallbacks callbacks;
  std::string streamed;
  callbacks.on_text = [&](const std::string& text) { streamed += text; };
  AskResult result = engine->ask(*recording("short"), "What is the sound?", options, callbacks);
  EXPECT_EQ(result.mode, AskMode::kAudio);
  EXPECT_EQ(result.answer, streamed);
  EXPECT_FALSE(result.answer.empty());
  EXPECT_TRUE(result.transcript.text.empty());
  EXPECT_GT(result.timings.first_token_s, 0);
  EXPECT_EQ(result.timings.transcribe_s, 0);
  EXPECT_LE(result.timings.first_token_s, result.timings.total_s);
}

// A model that hears can be made to read.
TEST(AskByEar, CascadeIsStillThere) {
  auto engine = Engine::load(
      {.speech_model = "whisper-tiny.en", .language_model = (golden_folder() / "ultravox").string()});
  AskOptions options{.mode = AskMode::kCascade};
  options.answer.max_tokens = 2;
  AskResult result = engine->ask(*recording("short"), "Who?", options);
  EXPECT_EQ(result.mode, AskMode::kCascade);
  EXPECT_THAT(result.transcript.text, HasSubstr("young man"));
}

TEST(AskByEar, TooShortARecordingIsAnInputError) {
  auto engine = Engine::load({.language_model = (golden_folder() / "qwen2-audio").string()});
  try {
    engine->ask({.samples = std::vector<float>(10)}, "What?");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInput);
  }
}

// Published folders may lack a chat template; its marks are in the vocabulary.
TEST(AudioModelFolder, Llama3IsRecognisedWithoutATemplate) {
  TestFolder folder;
  for (const char* file : {"config.json", "model.safetensors", "tokenizer.json"}) {
    std::filesystem::copy(golden_folder() / "ultravox" / file, folder / file);
  }
  auto model = load_language_model(folder.path(), "bare");
  std::vector<int32_t> ids = model->prompt_of({{"user", "Who?", {recording("tone")}}}).ids;
  EXPECT_THAT(ids, testing::Contains(*model->tokenizer->find("<|start_header_id|>")));
  EXPECT_EQ(std::count(ids.begin(), ids.end(), models::kAudioRow), 5);
}

// Every projector of docs/audio_models.md, and an encoder named by a path from the folder.
TEST(ComposedModel, EveryProjectorLoadsAndPathsAreRelative) {
  using Tensors = std::vector<weights::NamedTensor>;
  const Tensors linear{{"projector.linear.weight", formula_weights({576, 32}, 1)},
                       {"projector.linear.bias", formula_weights({576}, 2)}};
  const Tensors swiglu{{"projector.ln_pre.weight", formula_weights({32}, 1)},
                       {"projector.linear_1.weight", formula_weights({20, 32}, 2)},
                       {"projector.ln_mid.weight", formula_weights({10}, 3)},
                       {"projector.linear_2.weight", formula_weights({576, 10}, 4)}};
  for (const auto& [fields, tensors] :
       {std::pair{R"("type": "linear")", linear}, {R"("type": "swiglu", "inner": 20)", swiglu}}) {
    for (const auto& [rows, expected] : {std::pair{"trimmed", 20}, {"whole", 750}}) {
      TestFolder folder;
      std::filesystem::copy(golden_folder() / "llaso" / "encoder", folder / "ears");
      folder.write("model/config.json", std::string(R"({"model_type": "auris_audio_llm", "encoder": "../ears",
          "language_model": "smollm2-135m-instruct", "window_rows": ")") +
                                            rows + R"(", "projector": {"stack": 2, )" + fields + "}}");
      weights::write_safetensors(folder / "model" / "model.safetensors", tensors);
      auto model = load_language_model(folder / "model", "made");
      Score result =
          score(*model, {.prompt = "<audio>", .continuation = " the", .audio = {recording("tone")}});
      EXPECT_EQ(result.prompt_tokens.size(), static_cast<size_t>(expected));
      EXPECT_TRUE(std::isfinite(result.sum));
    }
  }
}

TEST(ComposedModel, NamesOfPartsThatAreNotThereAreClearErrors) {
  TestFolder folder;
  write_composed(folder);
  for (const auto& [from, to] :
       {std::pair{"whisper-base", "whisper-bse"}, std::pair{"smollm2-135m", "smolm2-135m"}}) {
    std::string config = folder.read("config.json");
    TestFolder broken;
    std::filesystem::copy(folder / "model.safetensors", broken / "model.safetensors");
    broken.write("config.json", config.replace(config.find(from), std::string(from).size(), to));
    try {
      load_language_model(broken.path(), "broken");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel);
      EXPECT_THAT(error.what(), HasSubstr(to));
    }
  }
}

}  // namespace
}  // namespace auris::engine
