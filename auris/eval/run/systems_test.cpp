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
#include "tests/source_folder.h"

namespace auris::eval {
namespace {

using data::Configuration;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSentence =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

using Question = LoadedItem;

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
    return system(kind, options)->answer(asked);
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

// A talk of two turns, both heard, the second one with another question.
Question talk() {
  Question asked = question("SGC", Configuration::kTextAudio);
  asked.earlier[0] = asked.recording;
  asked.earlier[0].samples.resize(16000);
  asked.item.history = {{.text = "Listen.\n<audio>", .words = "he was not"},
                        {.role = data::Role::kAssistant, .text = "Go on."}};
  return asked;
}

TEST_F(EndpointSystemTest, SendsTheTurnsBefore) {
  ask("v1", talk());
  ask("v1", talk(), {.hears = false});
  const auto log = server_.log();
  const nlohmann::json& heard = log[0]["body"]["messages"];
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[0]["role"], "user");
  EXPECT_EQ(heard[0]["content"][0]["text"], "Listen.\n");
  EXPECT_EQ(heard[0]["content"][1]["type"], "input_audio");
  EXPECT_EQ(heard[1], (nlohmann::json{{"role", "assistant"}, {"content", "Go on."}}));
  EXPECT_EQ(heard[2]["role"], "user");
  EXPECT_EQ(heard[2]["content"].size(), 2u);
  const nlohmann::json& read = log[1]["body"]["messages"];
  EXPECT_EQ(read[0]["content"], "Listen.\n" + heard_prompt("<audio>", "he was not"));
  EXPECT_EQ(read[2]["content"], heard_prompt(talk().item.prompt, talk().item.transcript));
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

// Worked out by hand: a name's probability is exp(logprob + end_logprob), its tokens 1 and the end behind it.
TEST(LabelChoice, ALabelHasAllItsNames) {
  const std::vector<data::Label> labels = {{"female", {"woman", "lady", "woman"}}, {"male", {"man"}}};
  EXPECT_THAT(names_of(labels), testing::ElementsAre("female", "woman", "lady", "male", "man"));
  std::vector<engine::AnswerScore> scores;
  for (const double probability : {0.10, 0.20, 0.02, 0.16, 0.02}) {
    scores.push_back({.tokens = {1}, .logprob = std::log(probability / 0.5), .end_logprob = std::log(0.5)});
  }
  const auto total = label_probabilities(scores, labels, LabelLength::kTotal);
  EXPECT_NEAR(total.at("female"), 0.32 / 0.50, 1e-12);
  EXPECT_NEAR(total.at("male"), 0.18 / 0.50, 1e-12);
  const auto mean = label_probabilities(scores, labels, LabelLength::kMean);
  EXPECT_NEAR(mean.at("female"), std::sqrt(0.20) / (std::sqrt(0.20) + std::sqrt(0.16)), 1e-12);
  EXPECT_NEAR(mean.at("male"), std::sqrt(0.16) / (std::sqrt(0.20) + std::sqrt(0.16)), 1e-12);
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
  const SystemAnswer answer = oracle->answer(gender);
  expect_chosen(answer);
  EXPECT_EQ(answer.transcript, gender.item.transcript);
}

// What it would say if it had led the conversation itself.
TEST(Oracle, ReadsTheTurnsBefore) {
  const auto engine = engine::Engine::load({.speech_model = "whisper-tiny.en"});
  generate::GenerationOptions generation;
  generation.max_tokens = 12;
  const auto session = engine->start_session();
  Question asked = talk();
  asked.item.history[1].text =
      session->send(heard_prompt(asked.item.history[0].text, "he was not"), generation).text;
  const std::string wanted =
      session->send(heard_prompt(asked.item.prompt, asked.item.transcript), generation).text;
  const auto oracle = make_cascade(engine, {.oracle = true, .max_tokens = 12});
  EXPECT_EQ(oracle->answer(asked).answer, wanted);
  asked.item.history[1].text = "Who is there?";
  const auto cascade = make_cascade(engine, {.max_tokens = 12, .beam_size = 1});
  EXPECT_THAT(cascade->answer(asked).transcript, HasSubstr("young man"));
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
    const SystemAnswer free = speech->answer(gender);
    EXPECT_EQ(free.answer, engine->ask(gender.recording, text, options).answer);
    EXPECT_TRUE(free.transcript.empty());
    EXPECT_TRUE(free.probabilities.empty());
    expect_chosen(constrained->answer(gender));
    // The turns before are heard, too.
    const auto session = engine->start_session();
    Question asked = talk();
    const auto clip = std::make_shared<const audio::AudioClip>(asked.earlier.at(0));
    asked.item.history[1].text =
        session->send(engine::Turn{.text = "Listen.", .audio = {clip}}, options.answer).text;
    const auto last = std::make_shared<const audio::AudioClip>(asked.recording);
    EXPECT_EQ(speech->answer(asked).answer,
              session->send(engine::Turn{.text = text, .audio = {last}}, options.answer).text)
        << name;
    expect_chosen(constrained->answer(asked));
  }
}

TEST(Speech, NeedsEars) { EXPECT_THROW(make_speech(engine::Engine::load({})), Error); }

}  // namespace
}  // namespace auris::eval
