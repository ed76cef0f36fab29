// A program that links Auris and not LibTorch loads the torch backend as a module and computes with it what
// the cpu computes. With a GPU, there too.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "auris/audio/decode.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/engine/engine.h"
#include "auris/engine/score.h"
#include "auris/models/audio_llm/composed_model_writer.h"
#include "auris/tensor/backend/backend.h"
#include "auris/tensor/backend/module_loader.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/transfer.h"
#include "auris/weights/catalog.h"

namespace auris {
namespace {

using testing::HasSubstr;

constexpr double kTolerance = 1e-3;  // what is demanded of logits

const std::string kRecording =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

std::vector<std::string> devices() {
  std::vector<std::string> names = {"torch"};
  if (torch_module().gpus() > 0) names.emplace_back("cuda:0");
  return names;
}

double difference(const Tensor& x, const Tensor& y) {
  AURIS_CHECK(x.shape() == y.shape());
  const Tensor a = to_host(x), b = to_host(y);
  double most = 0;
  for (int64_t i = 0; i < a.elements(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.data<float>()[i]) - b.data<float>()[i]));
  return most;
}

std::shared_ptr<const engine::LanguageModel> language_model(Device device) {
  const std::string name = "smollm2-135m-instruct";
  return engine::load_language_model(weights::Catalog::load().resolve(name), name, {.device = device},
                                     device);
}

Tensor logits_of(const engine::LanguageModel& model, const std::string& text) {
  const auto ids = model.tokenizer->encode(text);
  const models::Llama& llama = *model.llama;
  return llama.logits(llama.forward(llama.embed(ids), RowLayout::single(static_cast<int64_t>(ids.size()))));
}

// The backend that the module registers is the program's: there is one registry, and one pool of memory.
// Results are read by to_host() alone, here as in all code that uses models: these tests pass too when
// is_host_readable() is false for kTorch, as it is for a GPU.
TEST(TorchModule, RegistersInTheProgram) {
  EXPECT_FALSE(has_backend(Device::kTorch));
  EXPECT_EQ(open_device("torch"), Device::kTorch);
  EXPECT_TRUE(has_backend(Device::kTorch));
  EXPECT_EQ(open_device("torch"), Device::kTorch);  // again is nothing new
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3, 4}, {2, 2}, Device::kTorch);
  EXPECT_EQ(to_host(x.slice_rows(1, 1)).data<float>()[0], 3.0f);
  const Tensor product = ops::linear(x, {.weight = x, .bias = {}, .row_scale = {}});
  EXPECT_EQ(to_host(product).data<float>()[3], 25.0f);
}

// LibTorch's errors are ours when they reach the program; so are those that the module's code throws.
TEST(TorchModule, ErrorsAreOurs) {
  open_device("torch");
  try {
    Tensor::empty({1 << 20, 1 << 22}, DType::kF32, Device::kTorch);  // 16 TB
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    EXPECT_EQ(error.where(), "memory of torch");
    EXPECT_THAT(error.hint(), HasSubstr("smaller model"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("frame #")));
  }
  try {
    Tensor::empty({1, 32}, DType::kQ8_0, Device::kTorch);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.where(), "torch");
  }
  const int gpus = torch_module().gpus();
  try {
    open_device("cuda:" + std::to_string(std::max(gpus, 1)));
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
  }
}

// Weights in the file are q4_1 and q8_0 blocks: widened on their way there.
TEST(TorchModule, LogitsOfQuantizedWeightsAreThoseOfTheCpu) {
  const std::string text = "Auris hears a recording, writes down what was said, and answers in 2 or 3 words.";
  const Tensor expected = logits_of(*language_model(Device::kCpu), text);
  ASSERT_GE(expected.rows(), 15);
  for (const std::string& name : devices()) {
    EXPECT_LE(difference(logits_of(*language_model(open_device(name)), text), expected), kTolerance) << name;
  }
}

TEST(TorchModule, AConversationGoesOnInItsCache) {
  const auto said = [](const std::string& device) {
    auto engine = engine::Engine::load({.device = device});
    const auto session = engine->start_session();
    generate::GenerationOptions options;
    options.max_tokens = 12;
    std::vector<std::string> answers;
    for (const char* turn : {"Name three colours.", "And a fourth one?"})
      answers.push_back(session->send(std::string(turn), options).text);
    return answers;
  };
  const auto expected = said("cpu");
  EXPECT_FALSE(expected[1].empty());
  for (const std::string& name : devices()) EXPECT_EQ(said(name), expected) << name;
}

// A model that hears words: Whisper listens on the device too, its states and pooled rows come to the host
// and go back as rows of the language model.
TEST(TorchModule, AModelThatHearsWordsHearsTheSame) {
  const TestFolder folder;
  const int64_t width = 512, stages = 8, hidden = 576;  // whisper-base, SmolLM2-135M
  Rng rng(5);
  std::map<std::string, Tensor> tensors;
  const auto add = [&](const std::string& name, const Shape& shape, double middle, double spread) {
    Tensor tensor = Tensor::empty(shape);
    for (float& value : tensor.span<float>()) value = static_cast<float>(middle + spread * rng.normal());
    tensors["projector." + name] = tensor;
  };
  add("states_norm.weight", {width}, 1, 0.1);
  add("sound_norm.weight", {hidden}, 0.1, 0.01);
  add("words.weight", {hidden, width}, 0, 0.002);
  add("sound.weight", {hidden, stages * width}, 0, 0.02);
  add("sound.bias", {hidden}, 0, 0.02);
  models::write_composed_model(folder.path(),
                               {.encoder = "whisper-base",
                                .language_model = "smollm2-135m-instruct",
                                .projector = {.kind = models::ProjectorKind::kWords, .pooled = 4}},
                               tensors);
  const auto clip =
      std::make_shared<const audio::AudioClip>(audio::decode_audio(audio::AudioSource::file(kRecording)));
  const auto scored = [&](Device device) {
    const auto model = engine::load_language_model(folder.path(), "words", {.device = device}, device);
    engine::ScoreRequest request{.prompt = "<audio>\nWrite it down.",
                                 .continuation = "He was not an ill-disposed young man.",
                                 .use_template = true,
                                 .audio = {clip}};
    return engine::score(*model, request);
  };
  const engine::Score expected = scored(Device::kCpu);
  EXPECT_GT(std::count(expected.prompt_tokens.begin(), expected.prompt_tokens.end(), -1), 10);
  for (const std::string& name : devices()) {
    const engine::Score score = scored(open_device(name));
    ASSERT_EQ(score.prompt_tokens, expected.prompt_tokens) << name;
    for (size_t i = 0; i < expected.logprobs.size(); ++i)
      EXPECT_NEAR(score.logprobs[i], expected.logprobs[i], kTolerance) << name;
  }
}

TEST(TorchModule, TranscriptsAreThoseOfTheCpu) {
  const audio::AudioClip clip = audio::decode_audio(audio::AudioSource::file(kRecording));
  const auto heard = [&](const std::string& device) {
    generate::TranscribeOptions options;
    options.word_timestamps = true;
    return engine::Engine::load({.device = device})->transcribe(clip, options);
  };
  const generate::Transcript expected = heard("cpu");
  EXPECT_THAT(expected.text, HasSubstr("young man"));
  for (const std::string& name : devices()) {
    const generate::Transcript transcript = heard(name);
    EXPECT_EQ(transcript.text, expected.text) << name;
    ASSERT_EQ(transcript.segments.size(), expected.segments.size()) << name;
    EXPECT_NEAR(transcript.segments[0].avg_logprob, expected.segments[0].avg_logprob, kTolerance) << name;
  }
}

}  // namespace
}  // namespace auris
