#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/shards/shard_writer.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/run/cascade.h"
#include "auris/eval/run/runner.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;
using data::Configuration;
using testing::HasSubstr;

constexpr const char* kSentence =
    "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0880.wav";

data::Clip sentence() {
  data::Clip clip;
  clip.id = "pocketsphinx/0880";
  clip.audio = kSentence;
  clip.duration_s = audio::decode_audio(kSentence).duration_s();
  clip.source = "pocketsphinx";
  clip.language = "en";
  clip.text = "he was not an ill disposed young man";
  clip.labels = {{"speaker_gender", "female"}};
  return clip;
}

// Recognition and gender in all configurations.
void build(const fs::path& folder) {
  data::ItemBuilder builder({.seed = 2});
  data::ShardWriter writer(folder);
  int number = 0;
  for (const char* task : {"ASR", "SGC"}) {
    for (auto configuration : {Configuration::kTextAudio, Configuration::kAudioText, Configuration::kAudio}) {
      auto item = std::get<data::Item>(builder.plan(data::task_named(task), configuration, sentence()));
      const audio::AudioClip recording = builder.render(item, sentence(), "");
      writer.add({.key = std::to_string(100 + number++),
                  .files = {{"json", to_json(item).dump()}, {"wav", audio::wav_bytes(recording)}},
                  .facts = {}});
    }
  }
  writer.finish();
}

// Answers at once, and fails where it is told to.
class Quick : public System {
 public:
  std::string name() const override { return "quick"; }
  nlohmann::ordered_json settings() const override { return {{"version", version}}; }
  SystemAnswer answer(const LoadedItem& loaded) override {
    const data::Item& item = loaded.item;
    ++asked;
    if (item.configuration == failing) {
      throw Error(failure, {.where = "quick", .expected = "x", .got = "y", .hint = ""});
    }
    return {.answer = "answer to " + item.id, .transcript = "", .truncated = false};
  }

  int version = 1, asked = 0;
  std::optional<Configuration> failing;
  ErrorCode failure = ErrorCode::kInput;
};

TEST(Predictions, SurviveAKillAtAnyByte) {
  TestFolder folder;
  const fs::path path = folder / "p.jsonl";
  {
    PredictionStore store(path);
    store.add({.key = "a", .item = "1", .answer = "one\n\u2028two"});
    store.add({.key = "b",
               .item = "2",
               .answer = "",
               .transcript = "t",
               .error = "e",
               .truncated = true,
               .seconds = 2,
               .probabilities = {{"a \"label\"", 0.75}, {"b", 0.25}}});
  }
  const std::string whole = TestFolder::content_of(path);
  for (size_t size = 0; size <= whole.size(); size += 5) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << whole.substr(0, size);
    PredictionStore store(path);
    store.add({.key = "c", .item = "3", .answer = "three"});
    EXPECT_EQ(store.damaged_lines(), 0);
  }
  PredictionStore store(path);
  ASSERT_NE(store.find("c"), nullptr);
  std::ofstream(folder / "q.jsonl") << whole << "nonsense\n{}\n" << whole;
  PredictionStore mixed(folder / "q.jsonl");
  EXPECT_EQ(mixed.damaged_lines(), 2);
  EXPECT_EQ(mixed.size(), 2u);
  EXPECT_TRUE(mixed.settings().is_null());
  mixed.begin({{"z", 1}, {"a", 2}});
  EXPECT_EQ(mixed.find("a")->answer, "one\n\u2028two");
  EXPECT_EQ(*mixed.find("b"), (Prediction{.key = "b",
                                          .item = "2",
                                          .answer = "",
                                          .transcript = "t",
                                          .error = "e",
                                          .truncated = true,
                                          .seconds = 2,
                                          .probabilities = {{"a \"label\"", 0.75}, {"b", 0.25}}}));
  EXPECT_THROW(PredictionStore again(path), Error);  // one at a time
  EXPECT_THROW(PredictionStore none("/proc/none/p.jsonl"), Error);
}

TEST(Runner, AsksEachItemOnce) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  Quick system;
  PredictionStore store(folder / "p.jsonl");
  RunReport report = run_system(data, system, store, {.limit = 1});
  EXPECT_EQ(report.items, 6);
  EXPECT_EQ(report.asked, 6);
  report = run_system(data, system, store);
  EXPECT_EQ(report.reused, 6);
  EXPECT_EQ(system.asked, 6);
  system.version = 2;
  system.failing = Configuration::kAudio;
  report = run_system(data, system, store, {.tasks = {"speech_recognition"}});
  EXPECT_EQ(report.asked, 3);
  EXPECT_EQ(report.failed, 1);
  EXPECT_EQ(store.size(), 9u);
  EXPECT_EQ(run_system(data, system, store, {.tasks = {"speech_recognition"}}).failed, 1);
}

TEST(Runner, FailedItemsAreAskedAgainIfThatIsWanted) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  Quick system;
  PredictionStore store(folder / "p.jsonl");
  system.failing = Configuration::kAudio;
  EXPECT_EQ(run_system(data, system, store).failed, 2);
  system.failing.reset();
  EXPECT_EQ(run_system(data, system, store).failed, 2);
  const RunReport report = run_system(data, system, store, {.retry_failed = true});
  EXPECT_EQ(report.asked, 2);
  EXPECT_EQ(report.reused, 4);
  EXPECT_EQ(report.failed, 0);
}

TEST(Runner, WhatWasOutOfReachIsAskedAgain) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  Quick system;
  PredictionStore store(folder / "p.jsonl");
  system.failure = ErrorCode::kNetwork;
  system.failing = Configuration::kAudio;
  RunReport report = run_system(data, system, store);
  EXPECT_EQ(report.unreachable, 2);
  EXPECT_EQ(report.failed, 2);
  EXPECT_EQ(report.asked, 6);
  EXPECT_EQ(store.size(), 4u);
  system.failing.reset();
  EXPECT_EQ(run_system(data, system, store).asked, 2);
  EXPECT_EQ(store.size(), 6u);
}

// Nobody is asked a thousand times who does not answer.
TEST(Runner, StopsWhenTheSystemStaysOutOfReach) {
  TestFolder folder;
  data::ItemBuilder builder({.seed = 2});
  data::ShardWriter writer(folder / "data");
  for (int i = 0; i < 5; ++i) {
    data::Clip clip = sentence();
    clip.id += std::to_string(i);
    auto item = std::get<data::Item>(builder.plan(data::task_named("ASR"), Configuration::kTextAudio, clip));
    item.prompt += std::string(static_cast<size_t>(i), ' ');  // five questions
    const audio::AudioClip recording = builder.render(item, clip, "");
    writer.add({.key = std::to_string(i),
                .files = {{"json", to_json(item).dump()}, {"wav", audio::wav_bytes(recording)}},
                .facts = {}});
  }
  writer.finish();
  Quick system;
  system.failure = ErrorCode::kNetwork;
  system.failing = Configuration::kTextAudio;
  PredictionStore store(folder / "p.jsonl");
  EXPECT_THROW(run_system(data::ShardReader(folder / "data"), system, store), Error);
  EXPECT_EQ(system.asked, 3);
  EXPECT_EQ(store.size(), 0u);
}

TEST(Runner, GoesOnWhereItWasStopped) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  Quick system;
  {
    PredictionStore store(folder / "p.jsonl");
    const auto stop = [](int64_t done, int64_t) { return done < 2; };
    EXPECT_THROW(run_system(data, system, store, {.progress = stop}), Error);
  }
  PredictionStore store(folder / "p.jsonl");
  EXPECT_EQ(run_system(data, system, store).reused, 2);
  EXPECT_EQ(system.asked, 6);
}

TEST(Runner, DamagedItemsAreCountedAndTheOthersAsked) {
  TestFolder folder;
  data::ItemBuilder builder({.seed = 2});
  auto item =
      std::get<data::Item>(builder.plan(data::task_named("ASR"), Configuration::kTextAudio, sentence()));
  const std::string wav = audio::wav_bytes(builder.render(item, sentence(), ""));
  const std::string json = to_json(item).dump();
  data::ShardWriter writer(folder / "data");
  writer.add({.key = "1", .files = {{"json", json}, {"wav", "no sound"}}, .facts = {}});
  writer.add({.key = "2", .files = {{"txt", json}}, .facts = {}});
  writer.add({.key = "3", .files = {{"json", "{}"}, {"wav", wav}}, .facts = {}});
  writer.add({.key = "4", .files = {{"json", json}, {"wav", wav}}, .facts = {}});
  writer.finish();
  Quick system;
  PredictionStore store(folder / "p.jsonl");
  const data::ShardReader data(folder / "data");
  int64_t planned = 0;
  const RunReport report = run_system(
      data, system, store, {.power = [&](const RunPower& power) { planned = power.groups().at(0).items; }});
  EXPECT_EQ(report.damaged, 3);
  EXPECT_EQ(report.asked, 1);
  EXPECT_EQ(report.items, 4);
  EXPECT_EQ(system.asked, 1);
  EXPECT_EQ(planned, 2);  // one of them has no sound, which is seen when it is decoded
  const AnswerSet answers = answers_in(data, store);
  ASSERT_EQ(answers.items.size(), 1u);
  EXPECT_TRUE(answers.items[0].answer.has_value());
  EXPECT_GT(answers.items[0].snr_db.value_or(-1), 0);
  ASSERT_EQ(answers.damaged.size(), 3u);
  EXPECT_EQ(answers.damaged[0].what, "item 0");
  EXPECT_EQ(answers.damaged[0].reason, "damaged");
  EXPECT_THROW(read_answers(data, folder / "none.jsonl"), Error);
  EXPECT_FALSE(fs::exists(folder / "none.jsonl"));
}

TEST(Runner, AnswersBelongToTheLastSettings) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  Quick system;
  PredictionStore store(folder / "p.jsonl");
  run_system(data, system, store);
  const auto all = [&] {
    int answered = 0;
    for (const AnsweredItem& item : answers_in(data, store).items) answered += item.answer ? 1 : 0;
    return answered;
  };
  EXPECT_EQ(all(), 6);
  system.version = 2;
  system.failing = Configuration::kAudio;
  run_system(data, system, store, {.limit = 1});
  EXPECT_EQ(all(), 4);
  EXPECT_EQ(score(answers_in(data, store).items).size(), 6u);
}

TEST(Keys, AllThatMattersChangesThem) {
  const LoadedItem item{std::get<data::Item>(data::ItemBuilder({}).plan(
                            data::task_named("SGC"), Configuration::kTextAudio, sentence())),
                        {.samples = {0.1f, 0.2f}, .sample_rate_hz = 16000}};
  const std::string key = prediction_key({{"a", 1}}, item);
  EXPECT_EQ(prediction_key({{"a", 1}}, item), key);
  EXPECT_NE(prediction_key({{"a", 2}}, item), key);
  LoadedItem other = item;
  other.item.prompt += " ";
  EXPECT_NE(prediction_key({{"a", 1}}, other), key);
  other = item;
  other.item.task_version = 2;
  EXPECT_NE(prediction_key({{"a", 1}}, other), key);
  other = item;
  other.item.id = "elsewhere";  // the same question under another name is the same question
  EXPECT_EQ(prediction_key({{"a", 1}}, other), key);
  other = item;
  other.recording.samples[1] = 0.20001f;
  EXPECT_NE(prediction_key({{"a", 1}}, other), key);

  LoadedItem talk = item;
  talk.item.history = {{.text = "Listen.\n<audio>"}, {.role = data::Role::kAssistant, .text = "Yes?"}};
  talk.earlier[0] = {.samples = {0.3f}, .sample_rate_hz = 16000};
  const std::string of_talk = prediction_key({{"a", 1}}, talk);
  EXPECT_NE(of_talk, key);
  other = talk;
  other.item.history[1].text = "No?";
  EXPECT_NE(prediction_key({{"a", 1}}, other), of_talk);
  other = talk;
  other.earlier[0].samples[0] = 0.4f;
  EXPECT_NE(prediction_key({{"a", 1}}, other), of_talk);
  other = talk;
  other.item.history[0].clip = "elsewhere";
  EXPECT_EQ(prediction_key({{"a", 1}}, other), of_talk);
}

// The real models.
TEST(Cascade, HearsAndTheOracleReads) {
  TestFolder folder;
  build(folder / "data");
  const data::ShardReader data(folder / "data");
  const auto engine = engine::Engine::load({.speech_model = "whisper-tiny.en"});
  const auto cascade = make_cascade(engine, {.max_tokens = 8, .beam_size = 1});
  const auto oracle = make_cascade(engine, {.oracle = true, .max_tokens = 8});
  EXPECT_NE(cascade->settings(), oracle->settings());
  const LoadedItem read = data::load_item(data, 0);
  ASSERT_EQ(read.item.configuration, Configuration::kTextAudio);
  EXPECT_THAT(cascade->answer(read).answer, HasSubstr("young man"));
  EXPECT_EQ(oracle->answer(read).answer, sentence().text);
  const LoadedItem pure = data::load_item(data, 2);
  ASSERT_EQ(pure.item.configuration, Configuration::kAudio);
  EXPECT_THAT(cascade->answer(pure).transcript, HasSubstr("young man"));
  EXPECT_EQ(oracle->answer(pure).transcript, pure.item.instruction + " " + sentence().text);
  const LoadedItem spoken = data::load_item(data, 1);
  ASSERT_EQ(spoken.item.configuration, Configuration::kAudioText);
  EXPECT_EQ(oracle->answer(spoken).transcript, spoken.item.instruction + " " + sentence().text);
}

TEST(Cascade, TheOracleKnowsOnlyWhatIsHeard) {
  data::Clip clip = sentence();
  clip.translations = {{"en", clip.text}};
  data::ItemBuilder builder({});
  const data::Task& task = data::task_named("speech_translation");
  LoadedItem loaded;
  loaded.item = std::get<data::Item>(builder.plan(task, Configuration::kAudioText, clip));
  loaded.recording = builder.render(loaded.item, clip, "");
  const auto engine = engine::Engine::load({.speech_model = "whisper-tiny.en"});
  const auto oracle = make_cascade(engine, {.oracle = true, .max_tokens = 8});
  EXPECT_EQ(oracle->answer(loaded).transcript, loaded.item.instruction);
  EXPECT_THAT(heard_prompt(loaded.item.prompt, "Do it."), HasSubstr("\"Do it.\"\n\n" + clip.text));
}

}  // namespace
}  // namespace auris::eval
