#include "auris/eval/score/scorer.h"

#include <cmath>

#include <gtest/gtest.h>

namespace auris::eval {
namespace {

using data::Configuration;

AnsweredItem answered(const std::string& task, const std::string& variant, const std::string& truth,
                      std::optional<std::string> answer, const std::string& speaker = "") {
  AnsweredItem result;
  result.item.task = task;
  result.item.variant = variant;
  result.item.answer = truth;
  result.item.speaker = speaker;
  result.item.language = "en";
  result.answer = std::move(answer);
  return result;
}

const GroupScore& only(const std::vector<GroupScore>& scores) {
  EXPECT_EQ(scores.size(), 1u);
  return scores.front();
}

TEST(Scorer, LabelsWithAbstentionsAndMissingAnswers) {
  const auto gender = [](const char* truth, std::optional<std::string> answer) {
    return answered("speaker_gender", "any", truth, std::move(answer));
  };
  const auto scores = score({gender("female", "The speaker is female."), gender("male", "A woman."),
                             gender("male", "It is a man, not a woman."), gender("female", std::nullopt),
                             gender("male", "male")});
  const GroupScore& group = only(scores);
  EXPECT_EQ(group.items, 5);
  EXPECT_EQ(group.missing, 1);
  EXPECT_EQ(group.empty, 0);
  ASSERT_EQ(group.metrics[0].metric, "accuracy");
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 0.4);
  EXPECT_EQ(group.metrics[0].blocks, 5);
  EXPECT_LT(group.metrics[0].interval.low, 0.4);
  EXPECT_GT(group.metrics[0].interval.high, 0.4);
  EXPECT_DOUBLE_EQ(group.details.at("abstained"), 0.4);  // both named, nothing said
  EXPECT_DOUBLE_EQ(group.details.at("macro_accuracy"), (0.5 + 1.0 / 3) / 2);
}

TEST(Scorer, WordsAreNormalisedAndSummed) {
  const auto words = [](const char* truth, std::optional<std::string> answer) {
    return answered("speech_recognition", "any", truth, std::move(answer));
  };
  const auto scores = score({words("Doctor Smith can't come.", "dr. smith can not come"),
                             words("yes", std::nullopt), words("no", "")});
  const GroupScore& group = only(scores);
  ASSERT_EQ(group.metrics[0].metric, "wer");
  ASSERT_EQ(group.metrics[1].metric, "cer");
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 2.0 / 7);  // doctor smith can not come, yes, no
  EXPECT_EQ(group.missing, 1);
  EXPECT_EQ(group.empty, 1);
  EXPECT_DOUBLE_EQ(group.details.at("deletions"), 2.0 / 7);
}

// Known answer: 1 substitution, 1 insertion and 2 deletions over 10 words.
TEST(Scorer, WordErrorRateIsKnown) {
  const auto words = [](const char* truth, const char* answer) {
    return answered("speech_recognition", "any", truth, answer);
  };
  const auto scores = score({words("red green blue black", "red green brown black"),
                             words("cat dog", "cat big dog"), words("sun moon star sky", "sun sky")});
  const GroupScore& group = only(scores);
  EXPECT_DOUBLE_EQ(group.metrics[0].value, 0.4);
  EXPECT_DOUBLE_EQ(group.details.at("substitutions"), 0.1);
  EXPECT_DOUBLE_EQ(group.details.at("insertions"), 0.1);
  EXPECT_DOUBLE_EQ(group.details.at("deletions"), 0.2);
}

TEST(Scorer, NumbersCountTheUnanswered) {
  const auto pitch = [](const char* truth, const char* answer) {
    return answered("pitch_prediction", data::task_named("PP").variants.front().id, truth, answer);
  };
  const auto scores = score({pitch("60", "The pitch is 62."), pitch("27", "I do not know.")});
  const GroupScore& group = only(scores);
  EXPECT_DOUBLE_EQ(group.details.at("coverage"), 0.5);
  EXPECT_DOUBLE_EQ(group.details.at("mae_of_answers"), 2);
  EXPECT_DOUBLE_EQ(group.metrics[0].value, (2 + 100) / 2.0);
}

TEST(Scorer, GroupsAreKeptApart) {
  std::vector<AnsweredItem> items;
  for (auto configuration : {Configuration::kAudio, Configuration::kTextAudio}) {
    items.push_back(answered("speaker_gender", "any", "male", "male"));
    items.back().item.configuration = configuration;
    items.push_back(answered("speech_recognition", "any", "yes", "yes"));
    items.back().item.configuration = configuration;
  }
  const auto scores = score(items);
  ASSERT_EQ(scores.size(), 4u);
  EXPECT_EQ(scores[0].task, "speaker_gender");
  EXPECT_EQ(scores[0].configuration, Configuration::kTextAudio);
  EXPECT_EQ(scores[3].configuration, Configuration::kAudio);
}

TEST(Scorer, SpeakersAreBlocks) {
  std::vector<AnsweredItem> items;
  for (int i = 0; i < 40; ++i) {
    const std::string speaker = i % 2 == 0 ? "anna" : "bert";
    items.push_back(answered("speaker_gender", "any", "male", i % 2 == 0 ? "male" : "female", speaker));
  }
  const MetricValue by_speaker = only(score(items)).metrics[0];
  EXPECT_EQ(by_speaker.blocks, 2);
  EXPECT_EQ(by_speaker.interval.low, 0);
  EXPECT_EQ(by_speaker.interval.high, 1);
  for (AnsweredItem& item : items) item.item.speaker = "anna";
  EXPECT_EQ(only(score(items)).metrics[0].blocks, 40);  // a single block cannot be drawn
  const auto json = to_json(only(score(items)));
  EXPECT_EQ(json["metrics"][0]["metric"], "accuracy");
  EXPECT_EQ(json["configuration"], "text_audio");
}

}  // namespace
}  // namespace auris::eval
