#include "auris/eval/run/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/test_folder.h"
#include "auris/data/items/item_builder.h"
#include "auris/data/shards/shard_writer.h"
#include "auris/eval/run/answers.h"
#include "auris/eval/run/runner.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr int kClips = 5;
constexpr int kItems = 2 * kClips;  // each clip is asked about twice

// Two questions about each of five clips, and two samples that cannot be read.
void build(const fs::path& folder) {
  data::ItemBuilder builder({.seed = 2});
  data::ShardWriter writer(folder);
  for (int number = 0; number < kItems; ++number) {
    data::Clip clip;
    clip.id = "clip-" + std::to_string(number % kClips);
    clip.language = "en";
    clip.text = "red";
    clip.labels = {{"speaker_gender", "female"}};
    const audio::AudioClip recording{
        .samples = std::vector<float>(800, 0.1f * static_cast<float>(number % kClips)),
        .sample_rate_hz = 16000};
    const char* task = number < kClips ? "ASR" : "SGC";
    auto item =
        std::get<data::Item>(builder.plan(data::task_named(task), data::Configuration::kTextAudio, clip));
    writer.add({.key = std::to_string(100 + number),
                .files = {{"json", to_json(item).dump()}, {"wav", audio::wav_bytes(recording)}},
                .facts = {}});
  }
  for (const char* key : {"200", "201"}) writer.add({.key = key, .files = {{"json", "{}"}}, .facts = {}});
  writer.finish();
}

class Echo : public System {
 public:
  std::string name() const override { return "echo"; }
  nlohmann::ordered_json settings() const override { return {{"system", "echo"}, {"version", version}}; }
  SystemAnswer answer(const LoadedItem& asked) override {
    const data::Item& item = asked.item;
    clips.insert(item.clip);
    if (fails) throw Error(ErrorCode::kInput, {.where = "echo", .expected = "x", .got = "y", .hint = ""});
    return {.answer = said + item.id};
  }

  int version = 1;
  bool fails = false;
  std::string said;
  std::set<std::string> clips;
};

class Merge : public testing::Test {
 protected:
  Merge() { build(folder_ / "data"); }

  RunReport ask(const char* file, const Share& share, const RunOptions& options = {}) {
    PredictionStore store(folder_ / file);
    RunOptions with_share = options;
    with_share.share = share;
    return run_system(data(), system_, store, with_share);
  }
  const data::ShardReader& data() {
    if (!data_) data_ = std::make_unique<data::ShardReader>(folder_ / "data");
    return *data_;
  }
  MergeReport merge(const std::vector<std::string>& files, const char* output, bool partial = false) {
    std::vector<fs::path> paths;
    paths.reserve(files.size());
    for (const std::string& file : files) paths.push_back(folder_ / file);
    return merge_predictions(data(), paths, folder_ / output, {.partial = partial});
  }
  std::string failure(const std::vector<std::string>& files) {
    try {
      merge(files, "failed.jsonl");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInput);
      EXPECT_FALSE(fs::exists(folder_ / "failed.jsonl"));
      return error.what();
    }
    return "";
  }

  TestFolder folder_;
  std::unique_ptr<data::ShardReader> data_;
  Echo system_;
};

TEST_F(Merge, PartsTogetherAreTheWhole) {
  ask("whole", {});
  for (const int64_t count : {2, 3, 7}) {
    int64_t items = 0, asked = 0, damaged = 0;
    std::vector<std::string> files;
    std::set<std::string> clips;
    for (int64_t index = 0; index < count; ++index) {
      system_.clips.clear();
      files.push_back(std::to_string(count) + "-" + std::to_string(index));
      const RunReport report = ask(files.back().c_str(), {.index = index, .count = count});
      items += report.items;
      asked += report.asked;
      damaged += report.damaged;
      for (const std::string& clip : system_.clips) EXPECT_TRUE(clips.insert(clip).second) << clip;
    }
    EXPECT_EQ(items, kItems + 2);
    EXPECT_EQ(asked, kItems);
    EXPECT_EQ(damaged, 2);
    const std::string output = std::to_string(count) + "-all";
    const MergeReport report = merge(files, output.c_str());
    EXPECT_EQ(report.items, kItems + 2);
    EXPECT_EQ(report.answered, kItems);
    EXPECT_EQ(report.damaged, 2);
    EXPECT_EQ(report.written, kItems);
    EXPECT_EQ(report.unused + report.repeated, 0);
    const AnswerSet merged = read_answers(data(), folder_ / output);
    const AnswerSet whole = read_answers(data(), folder_ / "whole");
    ASSERT_EQ(merged.items.size(), whole.items.size());
    for (size_t i = 0; i < whole.items.size(); ++i) EXPECT_EQ(merged.items[i].answer, whole.items[i].answer);
  }
}

TEST_F(Merge, WhatIsMissingIsNamed) {
  ask("a", {.index = 0, .count = 2});
  EXPECT_EQ(ask("a", {.index = 0, .count = 2}).asked, 0);  // it goes on where it ended
  const std::string message = failure({"a"});
  EXPECT_THAT(message, HasSubstr("none for 4: speech_recognition/text_audio/clip-1"));
  const MergeReport report = merge({"a"}, "partial.jsonl", true);
  EXPECT_EQ(report.answered, 6);
  EXPECT_EQ(report.missing.size(), 4u);
  EXPECT_THROW(merge({"a"}, "partial.jsonl", true), Error);  // it is there already
  EXPECT_THAT(failure({"a", "none"}), HasSubstr("none"));
  EXPECT_FALSE(fs::exists(folder_ / "none"));
  EXPECT_THROW(merge({}, "x"), Error);
  EXPECT_THROW(ask("b", {.index = 2, .count = 2}), Error);
  EXPECT_THROW(ask("b", {.index = -1, .count = 2}), Error);
  EXPECT_THROW(ask("b", {.index = 0, .count = 0}), Error);
  EXPECT_THAT(failure({"a", "b"}), HasSubstr("settings"));  // begun, but never asked
}

TEST_F(Merge, NoItemHasTwoAnswers) {
  ask("a", {});
  ask("same", {});
  const MergeReport report = merge({"a", "same"}, "m.jsonl");
  EXPECT_EQ(report.predictions, 2 * kItems);
  EXPECT_EQ(report.written, kItems);
  EXPECT_EQ(report.repeated, kItems);
  system_.said = "other ";
  ask("b", {});
  EXPECT_THAT(failure({"a", "b"}), HasSubstr("one answer to"));
  system_.version = 2;
  ask("c", {});
  EXPECT_THAT(failure({"a", "c"}), HasSubstr("settings"));
}

TEST_F(Merge, AnAnswerCountsBeforeAnError) {
  system_.fails = true;
  EXPECT_EQ(ask("failed", {}).failed, kItems);
  EXPECT_EQ(merge({"failed"}, "f.jsonl").failed, kItems);
  system_.fails = false;
  ask("half", {.index = 1, .count = 2});
  for (const std::vector<std::string>& order :
       {std::vector<std::string>{"failed", "half"}, {"half", "failed"}}) {
    const MergeReport report = merge(order, order[0] == "half" ? "x.jsonl" : "y.jsonl");
    EXPECT_EQ(report.answered, 4);
    EXPECT_EQ(report.failed, kItems - 4);
    EXPECT_EQ(report.repeated, 4);
  }
  system_.version = 2;  // what the first version said stays behind
  ask("half", {});
  const MergeReport report = merge({"half"}, "z.jsonl");
  EXPECT_EQ(report.answered, kItems);
  EXPECT_EQ(report.unused, 4);
}

}  // namespace
}  // namespace auris::eval
