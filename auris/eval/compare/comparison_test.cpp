#include "auris/eval/compare/comparison.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

AnsweredItem answered(const std::string& task, const std::string& id, const std::string& truth,
                      std::optional<std::string> answer, const std::string& speaker = "") {
  AnsweredItem result;
  result.item.id = id;
  result.item.task = task;
  result.item.variant = "any";
  result.item.answer = truth;
  result.item.speaker = speaker;
  result.item.language = "en";
  result.answer = std::move(answer);
  return result;
}

const MetricComparison& metric_of(const std::vector<GroupComparison>& groups, const std::string& name) {
  EXPECT_EQ(groups.size(), 1u);
  for (const MetricComparison& compared : groups.front().metrics) {
    if (compared.metric == name) return compared;
  }
  throw std::runtime_error("no metric " + name);
}

// The first system is wrong on one item of four, the second on all of two speakers in ten.
TEST(Comparison, FindsADifferenceOfAccuracy) {
  std::vector<AnsweredItem> first, second;
  for (int i = 0; i < 40; ++i) {
    const std::string id = "i" + std::to_string(i), speaker = "s" + std::to_string(i / 4);
    first.push_back(answered("speaker_gender", id, "male", i % 4 == 0 ? "male" : "female", speaker));
    second.push_back(answered("speaker_gender", id, "male", i < 32 ? "male" : "female", speaker));
  }
  second.back().answer = std::nullopt;
  const auto groups = compare(first, second);
  const MetricComparison& accuracy = metric_of(groups, "accuracy");
  EXPECT_FALSE(accuracy.less_is_better);
  EXPECT_DOUBLE_EQ(accuracy.first, 0.25);
  EXPECT_DOUBLE_EQ(accuracy.second, 0.8);
  EXPECT_DOUBLE_EQ(accuracy.paired.difference, 0.55);
  EXPECT_EQ(accuracy.paired.blocks, 10);
  EXPECT_EQ(accuracy.better(), 1);
  EXPECT_FALSE(accuracy.matched.has_value());
  // By speaker: eight differ by 3 of 4 right, two by -1 of 4; mean 0.55.
  const double deviation = std::sqrt((8 * 0.2 * 0.2 + 2 * 0.8 * 0.8) / 9);
  EXPECT_NEAR(accuracy.detectable.value(), 2.801585 * deviation / std::sqrt(10.0), 1e-5);
  EXPECT_EQ(groups.front().second_missing, 1);
  EXPECT_EQ(metric_of(compare(second, first), "accuracy").better(), -1);
  EXPECT_EQ(metric_of(compare(first, first), "accuracy").better(), 0);
}

// By hand: seven words an item, "a" says one wrong, "b" none; two words that both have right end a segment.
TEST(Comparison, WordErrorsHaveMatchedPairs) {
  std::vector<AnsweredItem> first, second;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "i" + std::to_string(i);
    const std::string truth = "red green blue black white brown pink";
    const bool worse = i < 15;
    first.push_back(
        answered("speech_recognition", id, truth,
                 worse ? "red green blew black white brown pink" : "red green blue black white brown pink"));
    second.push_back(
        answered("speech_recognition", id, truth, worse ? truth : "red green blue black white brown"));
  }
  const auto groups = compare(first, second);
  const MetricComparison& wer = metric_of(groups, "wer");
  EXPECT_TRUE(wer.less_is_better);
  EXPECT_DOUBLE_EQ(wer.first, 15.0 / 140);
  EXPECT_DOUBLE_EQ(wer.second, 5.0 / 140);
  EXPECT_EQ(wer.better(), 1);
  ASSERT_TRUE(wer.matched.has_value());
  EXPECT_EQ(wer.matched->segments, 20);
  EXPECT_EQ(wer.matched->first_errors, 15);
  EXPECT_EQ(wer.matched->second_errors, 5);
  // differences: 15 times 1, 5 times -1; mean 0.5, variance 15/19
  EXPECT_NEAR(wer.matched->z, 0.5 / std::sqrt(15.0 / 19 / 20), 1e-9);
  EXPECT_EQ(metric_of(groups, "cer").matched, std::nullopt);
  EXPECT_EQ(metric_of(compare(first, second, {.mode = ScoreMode::kLlaso}), "wer").matched, std::nullopt);
}

// By hand: all answers are right; who gives them 0.9 is wrong by 0.1, who gives them 0.6 by 0.4.
TEST(Comparison, CalibrationOfChosenLabels) {
  std::vector<AnsweredItem> first, second;
  for (int i = 0; i < 12; ++i) {
    first.push_back(answered("speaker_gender", "i" + std::to_string(i), "male", "male"));
    second.push_back(first.back());
    first.back().probabilities = {{"male", 0.9}, {"female", 0.1}};
    second.back().probabilities = {{"male", 0.6}, {"female", 0.4}};
  }
  const auto groups = compare(first, second);
  const MetricComparison &ece = metric_of(groups, "ece"), &brier = metric_of(groups, "brier");
  EXPECT_NEAR(ece.first, 0.1, 1e-12);
  EXPECT_NEAR(ece.second, 0.4, 1e-12);
  EXPECT_NEAR(ece.paired.difference, 0.3, 1e-12);
  EXPECT_NEAR(brier.first, 0.02, 1e-12);
  EXPECT_NEAR(brier.second, 0.32, 1e-12);
  EXPECT_EQ(ece.better(), -1);
  EXPECT_EQ(brier.better(), -1);
  for (AnsweredItem& item : second) item.probabilities.clear();
  const auto free = compare(first, second);
  EXPECT_EQ(free.front().metrics.size(), 1u);
  EXPECT_EQ(compare(first, first, {.mode = ScoreMode::kLlaso}).front().metrics.size(), 1u);
}

TEST(Comparison, ItemsMustBeTheSame) {
  const std::vector<AnsweredItem> one = {answered("speaker_gender", "a", "male", "male")};
  const std::vector<AnsweredItem> other = {answered("speaker_gender", "b", "male", "male")};
  EXPECT_THROW(compare(one, other), Error);
  EXPECT_THROW(compare(one, {}), Error);
  EXPECT_TRUE(compare({}, {}).empty());
}

TEST(Comparison, WritesTableAndJson) {
  std::vector<AnsweredItem> first, second;
  for (int i = 0; i < 30; ++i) {
    const std::string id = "i" + std::to_string(i);
    first.push_back(answered("speaker_gender", id, "male", "female"));
    second.push_back(answered("speaker_gender", id, "male", "male"));
  }
  const auto groups = compare(first, second);
  EXPECT_THAT(to_markdown(groups, "old", "new"),
              testing::HasSubstr("| SGC | any | text_audio | 30 | accuracy | 0.00 | 100.00 | 100.00 [100.00, "
                                 "100.00] | new |  |"));
  const auto json = to_json(groups.front());
  EXPECT_EQ(json["metrics"][0]["better"], 1);
  EXPECT_EQ(json["items"], 30);
  // A single item cannot be resampled: no interval, and no difference that could be believed.
  const auto alone = compare({first[0]}, {second[0]});
  EXPECT_EQ(metric_of(alone, "accuracy").better(), 0);
  EXPECT_TRUE(to_json(alone.front())["metrics"][0]["low"].is_null());
}

}  // namespace
}  // namespace auris::eval
