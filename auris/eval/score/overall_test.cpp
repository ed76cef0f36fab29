#include "auris/eval/score/overall.h"

#include <cmath>

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::eval {
namespace {

using data::Configuration;

GroupScore group(const std::string& task, const std::string& variant, Configuration configuration,
                 const std::string& metric, double value) {
  return {.task = task,
          .abbreviation = data::task_named(task).abbreviation,
          .variant = variant,
          .configuration = configuration,
          .items = 4,
          .metrics = {{.metric = metric, .value = value, .interval = {.low = value, .high = value + 0.1}}},
          .details = {},
          .breakdowns = {}};
}

TEST(Overall, FixedRanges) {
  const auto points = [](const char* task, const char* variant, const char* metric, double value) {
    return *points_of(group(task, variant, Configuration::kTextAudio, metric, value));
  };
  EXPECT_DOUBLE_EQ(points("speaker_gender", "any", "accuracy", 0.25), 25);
  EXPECT_DOUBLE_EQ(points("speech_recognition", "any", "wer", 0.25), 75);
  EXPECT_DOUBLE_EQ(points("speech_recognition", "any", "wer", 1.5), 0);
  EXPECT_DOUBLE_EQ(points("speech_translation", "any", "bleu", 31), 31);
  EXPECT_DOUBLE_EQ(points("pitch_prediction", "nsynth", "mae", 12.7), 90);  // of 0 .. 127
  EXPECT_DOUBLE_EQ(points("pronunciation_scoring_word", "speechocean762", "score_mae", 2), 80);
  const auto interval =
      points_interval_of(group("speech_recognition", "any", Configuration::kAudio, "wer", 0.25));
  EXPECT_DOUBLE_EQ(interval->low, 65);  // more errors, fewer points
  EXPECT_DOUBLE_EQ(interval->high, 75);
}

TEST(Overall, EveryTaskCountsTheSame) {
  std::vector<GroupScore> scores = {
      group("speaker_gender", "any", Configuration::kTextAudio, "accuracy", 1),
      group("speaker_gender", "any", Configuration::kAudio, "accuracy", 0.5),
      group("speech_recognition", "any", Configuration::kTextAudio, "wer", 0.9),
  };
  scores[1].details["abstained"] = 0.75;
  const OverallScore result = overall(scores);
  EXPECT_DOUBLE_EQ(result.points, (75 + 10) / 2.0);
  EXPECT_DOUBLE_EQ(result.coverage, 2 / 3.0);
  EXPECT_DOUBLE_EQ(result.abstention, (0.75 / 2) / 2);
  ASSERT_EQ(result.tasks.size(), 2u);
  EXPECT_DOUBLE_EQ(result.tasks[0].points, 75);
  EXPECT_EQ(result.configurations.size(), 3u);
  EXPECT_TRUE(std::isnan(overall({}).points));
}

TEST(Overall, MinMaxDependsOnTheCompany) {
  const auto system = [](double gender, double words) {
    return overall({group("speaker_gender", "any", Configuration::kAudio, "accuracy", gender),
                    group("speech_recognition", "any", Configuration::kAudio, "wer", words)});
  };
  const auto scores = min_max_scores({system(0.2, 0.5), system(0.6, 0.5), system(0.4, 0.5)});
  EXPECT_DOUBLE_EQ(scores[0], 0);
  EXPECT_DOUBLE_EQ(scores[1], 1);
  EXPECT_DOUBLE_EQ(scores[2], 0.5);
  EXPECT_TRUE(std::isnan(min_max_scores({system(0.2, 0.5)})[0]));
  EXPECT_THROW(min_max_scores({system(0.2, 0.5), overall({})}), Error);
}

}  // namespace
}  // namespace auris::eval
