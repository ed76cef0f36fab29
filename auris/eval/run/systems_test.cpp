// Systems beside the cascade: a server, a model that hears, answers chosen from labels.

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/item_builder.h"
#include "auris/eval/run/cascade.h"
#include "auris/eval/run/endpoint_system.h"
#include "auris/eval/run/speech_system.h"
#include "auris/http/test_server.h"

namespace auris::eval {
namespace {

using data::Configuration;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSentence =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

struct Question {
  data::Item item;
  audio::AudioClip recording;
};

Question question(const char* task, Configuration configuration) {
  data::Clip clip;
  clip.id = "pocketsphinx/0880";
  clip.audio = kSentence;
  clip.duration_s = audio::decode_audio(kSentence).duration_s();
  clip.source = "pocketsphinx";
  clip.language = "en";
  clip.text = "he was not an ill disposed young man";
  clip.labels = {{"speaker_gender", "female"}};
  data::ItemBuilder builder({.seed = 2});
  Question made{.item = std::get<data::Item>(builder.plan(data::task_named(task), configuration, clip)),
                .recording = {}};
  made.recording = builder.render(made.item, clip, "");
  return made;
}

class EndpointSystemTest : public testing::Test {
 protected:
  std::unique_ptr<System> system(const char* kind, const EndpointSystemOptions& options = {}) const {
    return make_endpoint_system({.url = server_.url() + "/" + kind,
                                 .model = "gpt",
                                 .api_key = "secret-key-1234",
                                 .retry = {.attempts = 2, .first_wait_s = 0.01}},
                                options);
  }
  SystemAnswer ask(const char* kind, const Question& asked, const EndpointSystemOptions& options = {}) const {
    return system(kind, options)->answer(asked.item, asked.recording);
  }

  http::TestServer server_{"chat_server.py"};
};

TEST_F(EndpointSystemTest, SendsSoundWhereThePromptMarksIt) {
  const Question asked = question("SGC", Configuration::kTextAudio);
  const std::string wav = audio::wav_bytes(asked.recording);
  const SystemAnswer answer = ask("v1", asked, {.max_tokens = 12});
  std::string text = asked.item.prompt;
  text.erase(text.find(data::kAudioMark), data::kAudioMark.size());
  EXPECT_EQ(answer.answer, "model gpt, " + std::to_string(wav.size()) + " bytes of sound, text: " + text);
  EXPECT_FALSE(answer.truncated);
  EXPECT_TRUE(ask("long", asked).truncated);
  const auto log = server_.log();
  EXPECT_EQ(log[0]["body"]["max_tokens"], 12);
  EXPECT_EQ(log[0]["body"]["temperature"], 0);
  EXPECT_EQ(log[0]["authorization"], "Bearer secret-key-1234");
}

TEST_F(EndpointSystemTest, WithoutEarsItReadsTheTruth) {
  const EndpointSystemOptions reads{.hears = false};
  const Question gender = question("SGC", Configuration::kTextAudio);
  const SystemAnswer answer = ask("v1", gender, reads);
  EXPECT_THAT(answer.answer, HasSubstr(" 0 bytes of sound"));
  EXPECT_THAT(answer.answer, HasSubstr("\"he was not an ill disposed young man\""));
  EXPECT_EQ(answer.transcript, "he was not an ill disposed young man");
  const Question words = question("ASR", Configuration::kTextAudio);
  EXPECT_EQ(ask("v1", words, reads).answer, words.item.transcript);
}

TEST_F(EndpointSystemTest, ATranscriberWritesDown) {
  const Question words = question("ASR", Configuration::kTextAudio);
  EXPECT_THAT(ask("v1", words, {.transcriber = "whisper-1"}).answer, HasSubstr("by whisper-1"));
  EXPECT_EQ(server_.log()[0]["form"]["language"], "en");
  const Question gender = question("SGC", Configuration::kTextAudio);
  EXPECT_THAT(ask("v1", gender, {.transcriber = "whisper-1"}).answer, HasSubstr("model gpt"));
}

TEST_F(EndpointSystemTest, SettingsTellAllButTheKey) {
  const std::string settings = system("v1", {.transcriber = "w"})->settings().dump();
  EXPECT_THAT(settings, HasSubstr("\"endpoint_model\":\"gpt\""));
  EXPECT_THAT(settings, HasSubstr(server_.url() + "/v1"));
  EXPECT_THAT(settings, Not(HasSubstr("secret")));
  for (const EndpointSystemOptions& other : {EndpointSystemOptions{.hears = false, .transcriber = "w"},
                                             {.max_tokens = 5, .transcriber = "w"},
                                             {}}) {
    EXPECT_NE(system("v1", other)->settings().dump(), settings);
  }
}

TEST_F(EndpointSystemTest, ErrorsKeepTheirKind) {
  const Question asked = question("SGC", Configuration::kTextAudio);
  const auto code = [&](const char* kind) {
    try {
      ask(kind, asked);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("secret-key-1234")));
      return error.code();
    }
    return ErrorCode::kInternal;
  };
  EXPECT_EQ(code("refuses"), ErrorCode::kInput);
  EXPECT_EQ(code("down"), ErrorCode::kNetwork);
  EXPECT_EQ(code("html"), ErrorCode::kNetwork);
}

// Known answers: logarithms of probabilities that need no model.
TEST(LabelChoice, ProbabilitiesAreThoseOfWholeAnswers) {
  const std::vector<data::Label> labels = {{"irish", {}}, {"northern irish", {}}, {"welsh", {}}};
  const std::vector<engine::AnswerScore> scores = {
      {.tokens = {1}, .logprob = std::log(0.5), .end_logprob = std::log(0.4)},
      {.tokens = {2, 1, 3}, .logprob = std::log(0.1), .end_logprob = std::log(0.5)},
      {.tokens = {4}, .logprob = std::log(0.3), .end_logprob = std::log(0.5)}};
  const auto total = label_probabilities(scores, labels, LabelLength::kTotal);
  EXPECT_NEAR(total.at("irish"), 0.2 / 0.4, 1e-12);
  EXPECT_NEAR(total.at("northern irish"), 0.05 / 0.4, 1e-12);
  EXPECT_NEAR(total.at("welsh"), 0.15 / 0.4, 1e-12);
  const auto mean = label_probabilities(scores, labels, LabelLength::kMean);
  const double all = std::sqrt(0.2) + std::pow(0.05, 0.25) + std::sqrt(0.15);
  EXPECT_NEAR(mean.at("irish"), std::sqrt(0.2) / all, 1e-12);
  EXPECT_NEAR(mean.at("northern irish"), std::pow(0.05, 0.25) / all, 1e-12);
  std::vector<engine::AnswerScore> never = scores;
  for (auto& score : never) score.logprob = -INFINITY;
  EXPECT_THROW(label_probabilities(never, labels, LabelLength::kTotal), Error);
  EXPECT_EQ(label_length_named("mean"), LabelLength::kMean);
  EXPECT_THROW(label_length_named("long"), Error);
}

TEST(LabelChoice, OnlyClosedQuestionsAreChosenFrom) {
  const data::Item gender = question("SGC", Configuration::kTextAudio).item,
                   words = question("ASR", Configuration::kTextAudio).item;
  ASSERT_TRUE(choosable_labels(gender, LabelLength::kTotal));
  EXPECT_EQ(choosable_labels(gender, LabelLength::kTotal)->size(), 2u);
  EXPECT_FALSE(choosable_labels(words, LabelLength::kTotal));
  EXPECT_FALSE(choosable_labels(gender, std::nullopt));
}

void expect_chosen(const SystemAnswer& answer) {
  ASSERT_EQ(answer.probabilities.size(), 2u);
  EXPECT_NEAR(answer.probabilities.at("female") + answer.probabilities.at("male"), 1, 1e-12);
  EXPECT_GE(answer.probabilities.at(answer.answer), 0.5);
}

// The real models.
TEST(Constrained, TheOracleNeverAbstains) {
  const auto engine = engine::Engine::load({.speech_model = "whisper-tiny.en"});
  const auto oracle = make_cascade(engine, {.oracle = true, .constrained = LabelLength::kTotal});
  EXPECT_NE(oracle->settings(), make_cascade(engine, {.oracle = true})->settings());
  const Question gender = question("SGC", Configuration::kTextAudio);
  const SystemAnswer answer = oracle->answer(gender.item, gender.recording);
  expect_chosen(answer);
  EXPECT_EQ(answer.transcript, gender.item.transcript);
}

// Small models with random weights, in the published layouts.
TEST(Speech, HearsAndAnswers) {
  const std::string folder = std::string(AURIS_SOURCE_DIR) + "/tests/golden/audio_llm/";
  for (const char* name : {"llaso", "ultravox", "qwen2-audio"}) {
    const auto engine = engine::Engine::load({.language_model = folder + name});
    const auto speech = make_speech(engine, {.max_tokens = 6});
    const auto constrained = make_speech(engine, {.max_tokens = 6, .constrained = LabelLength::kMean});
    EXPECT_NE(speech->settings(), constrained->settings());
    const Question gender = question("SGC", Configuration::kTextAudio);
    std::string text = gender.item.prompt;
    text.erase(text.find('\n'));  // the mark stands in a line of its own
    EXPECT_EQ(text, gender.item.instruction);
    engine::AskOptions options;
    options.answer.max_tokens = 6;
    const SystemAnswer free = speech->answer(gender.item, gender.recording);
    EXPECT_EQ(free.answer, engine->ask(gender.recording, text, options).answer);
    EXPECT_TRUE(free.transcript.empty());
    EXPECT_TRUE(free.probabilities.empty());
    expect_chosen(constrained->answer(gender.item, gender.recording));
  }
}

TEST(Speech, NeedsEars) { EXPECT_THROW(make_speech(engine::Engine::load({})), Error); }

}  // namespace
}  // namespace auris::eval
