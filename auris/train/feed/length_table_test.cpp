#include "auris/train/feed/length_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/test_folder.h"
#include "auris/data/shards/shard_writer.h"
#include "auris/train/feed/training_example.h"

namespace auris::train {
namespace {

using testing::HasSubstr;

constexpr int kSamples = 1600;

data::Item item_of(int number) {
  data::Item item;
  item.id = "item-" + std::to_string(number);
  item.task = "speech_recognition";
  item.variant = "any";
  item.prompt = "<audio>Write down what is said.";
  item.answer = std::string(static_cast<size_t>(number + 1), 'a');
  item.instruction = "Write down what is said.";
  item.transcript = "a";
  item.clip = "clip";
  item.source = "test";
  item.split = "train";
  item.speaker = "s";
  item.language = "en";
  item.duration_s = kSamples / 16000.0;
  item.licence = "CC0-1.0";
  item.origin = "test";
  item.task_version = data::task_named(item.task).version;
  return item;
}

std::string sound_of(int number) {
  return audio::wav_bytes({.samples = std::vector<float>(kSamples, 0.01f * static_cast<float>(number))});
}

void build(const std::filesystem::path& folder, int count, int damaged = -1) {
  data::ShardWriter writer(folder);
  for (int i = 0; i < count; ++i) {
    const std::string json = i == damaged ? "{\"id\": 3}" : json_line(to_json(item_of(i)));
    data::AnswerLogits logits{
        .top = 1, .tokens = {i}, .token_logprobs = {-1}, .top_ids = {i}, .top_logprobs = {0}};
    data::Sample sample{
        .key = std::to_string(i), .files = {{"json", json}, {"wav", sound_of(i)}}, .facts = {}};
    if (i % 2 == 1) sample.files.push_back({"logits", data::to_bytes(logits)});
    writer.add(sample);
  }
  writer.finish();
}

TokenCounts letters(const data::Item& item) {
  return {.audio = 7, .text = static_cast<uint32_t>(item.answer.size())};
}

TEST(LengthTable, CountsEveryExampleOnce) {
  TestFolder folder;
  build(folder / "data", 40, 5);
  const data::ShardReader data(folder / "data");
  std::atomic<int> calls = 0;
  const TokenCounter counter = [&](const data::Item& item) {
    ++calls;
    return letters(item);
  };
  for (int pass = 0; pass < 2; ++pass) {
    const LengthTable table = lengths_of(data, folder / "a.lengths", counter, {.counter_name = "letters"});
    ASSERT_EQ(table.size(), 40u);
    EXPECT_EQ(calls, 39);
    EXPECT_TRUE(table[5].damaged);
    EXPECT_EQ(table[6].tokens.text, 7u);
    EXPECT_EQ(table[6].rows(), 14);
    EXPECT_FLOAT_EQ(table[6].audio_s, 0.1f);
    EXPECT_EQ(table.tasks().at(table[6].task), "speech_recognition");
  }
  // Another way to count, and other data.
  lengths_of(data, folder / "a.lengths", counter, {.counter_name = "words"});
  EXPECT_EQ(calls, 2 * 39);
  build(folder / "more", 41);
  lengths_of(data::ShardReader(folder / "more"), folder / "a.lengths", counter, {.counter_name = "words"});
  EXPECT_EQ(calls, 2 * 39 + 41);
}

TEST(LengthTable, StopsWhenItIsTold) {
  TestFolder folder;
  build(folder / "data", 3);
  const LengthOptions options{.counter_name = "l", .progress = [](uint64_t, uint64_t) { return false; }};
  EXPECT_THROW(lengths_of(data::ShardReader(folder / "data"), folder / "a", letters, options), Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "a"));
}

TEST(LengthTable, DamageIsAnError) {
  TestFolder folder;
  build(folder / "data", 3);
  lengths_of(data::ShardReader(folder / "data"), folder / "a", letters, {.counter_name = "l"});
  const std::string good = folder.read("a");
  const auto problem = [](const std::string& bytes) -> std::string {
    try {
      LengthTable::parse(std::as_bytes(std::span(bytes)), "table");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(problem(good), "none");
  for (size_t size = 0; size < good.size(); ++size) EXPECT_NE(problem(good.substr(0, size)), "none") << size;
  std::string many = good;
  many[8] = '\x7f';  // rows
  EXPECT_THAT(problem(many), HasSubstr("127 rows"));
  many[15] = '\x7f';  // so many that their bytes overflow
  EXPECT_NE(problem(many), "none");
  std::string task = good;
  task[24 + 12] = '\x09';
  EXPECT_THAT(problem(task), HasSubstr("task 9 in row 0"));
}

TEST(TrainingExample, HoldsItemRecordingAndLogits) {
  TestFolder folder;
  build(folder / "data", 4);
  const data::ShardReader data(folder / "data");
  const TrainingExample plain = load_example(data, 2), answered = load_example(data, 3);
  EXPECT_EQ(plain.loaded.item, item_of(2));
  ASSERT_EQ(plain.loaded.recording.samples.size(), static_cast<size_t>(kSamples));
  EXPECT_NEAR(plain.loaded.recording.samples[100], 0.02f, 1e-4f);
  EXPECT_FALSE(plain.logits);
  ASSERT_TRUE(answered.logits);
  EXPECT_EQ(answered.logits->tokens, std::vector<int32_t>{3});
}

}  // namespace
}  // namespace auris::train
