#include "auris/eval/run/run_power.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace auris::eval {
namespace {

constexpr double kZ = 1.959964 + 0.841621;  // 5 % two-sided, power 80 %

data::Item item(const std::string& task, const std::string& answer, const std::string& speaker,
                const std::string& variant = "any") {
  data::Item made;
  made.task = task;
  made.variant = variant;
  made.answer = answer;
  made.speaker = speaker;
  return made;
}

TEST(RunPower, KnownDifferences) {
  RunPower power;
  EXPECT_EQ(to_text(power), "");
  for (int i = 0; i < 100; ++i) {
    power.add(item("speaker_gender", "male", i < 60 ? "s" + std::to_string(i % 15) : ""));
    power.add(item("speech_recognition", "two words", "s1"));
    if (i < 44) power.add(item("emotion_recognition", "anger", "s1", "crema_d"));
    if (i < 3) power.add(item("audio_question_answering", "yes", "s1"));
  }
  const std::vector<GroupPower> groups = power.groups();
  ASSERT_EQ(groups.size(), 4u);
  EXPECT_EQ(groups[1].abbreviation, "ER");
  const GroupPower& gender = groups[2];
  EXPECT_EQ(gender.abbreviation, "SGC");
  EXPECT_EQ(gender.items, 100);
  EXPECT_EQ(gender.blocks, 55);  // fifteen speakers and forty unknown ones
  EXPECT_NEAR(gender.independent, kZ * 0.5 / std::sqrt(100.0), 1e-5);
  EXPECT_NEAR(gender.alike, kZ * 0.5 / std::sqrt(55.0), 1e-5);
  EXPECT_EQ(groups[0].metric, "wer");
  EXPECT_EQ(groups[0].words, 200);
  EXPECT_NEAR(groups[0].independent, kZ * std::sqrt(2 * 0.1 * 0.9 * 0.5) / std::sqrt(200.0), 1e-5);
  EXPECT_EQ(groups[3].abbreviation, "");
  EXPECT_EQ(groups[3].items, 144);
  EXPECT_EQ(groups[3].blocks, 55);  // s1 speaks in both
  EXPECT_EQ(power.unknown_items(), 3);
  EXPECT_THAT(to_text(power),
              testing::AllOf(testing::HasSubstr("SGC any text_audio: 100 items, 55 speakers, 14.0 points"),
                             testing::HasSubstr("200 words, WER 5.9 points at best"),
                             testing::HasSubstr("3 items of other metrics")));
}

}  // namespace
}  // namespace auris::eval
