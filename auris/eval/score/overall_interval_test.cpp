#include "auris/eval/score/overall_interval.h"

#include <cmath>

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/eval/score/overall.h"

namespace auris::eval {
namespace {

using data::Configuration;
using Items = std::vector<AnsweredItem>;

AnsweredItem answered(const std::string& task, const std::string& truth, const std::string& answer,
                      const std::string& speaker, Configuration configuration = Configuration::kTextAudio) {
  static int number = 0;
  AnsweredItem result;
  result.item.id = std::to_string(number++);
  result.item.task = task;
  result.item.variant = "any";
  result.item.configuration = configuration;
  result.item.answer = truth;
  result.item.speaker = speaker;
  result.item.language = "en";
  result.answer = answer;
  return result;
}

AnsweredItem gender(bool right, int speaker, Configuration configuration = Configuration::kTextAudio) {
  return answered("speaker_gender", "female", right ? "female" : "male", "s" + std::to_string(speaker),
                  configuration);
}

Items words(const std::vector<std::string>& speakers) {
  Items items;
  for (size_t i = 0; i < speakers.size(); ++i) {
    items.push_back(answered("speech_recognition", "red green blue black",
                             i % 3 == 0 ? "red green blue" : "red green blue black", speakers[i]));
  }
  return items;
}

TEST(OverallInterval, OfOneGroupIsThatOfTheGroup) {
  for (const Items& items : {words({"a", "b", "a", "c", "c", "d", "b"}), words({"", "", "", "", ""}),
                             words({"a", "a", "a", "a"})}) {
    const auto group = points_interval_of(score(items).front());
    const BootstrapEstimate all = overall_estimate(items);
    EXPECT_DOUBLE_EQ(all.value, overall(score(items)).points);
    EXPECT_DOUBLE_EQ(all.interval.low, group->low);
    EXPECT_DOUBLE_EQ(all.interval.high, group->high);
    EXPECT_EQ(all.blocks, score(items).front().metrics.front().blocks);
    EXPECT_LT(all.interval.low, all.interval.high);
  }
}

TEST(OverallInterval, IsAroundTheScore) {
  Items items = words({"a", "b", "", "c", "", "d", "b"});
  for (int i = 0; i < 9; ++i) items.push_back(gender(i % 3 != 0, i % 4));
  for (int i = 0; i < 3; ++i) items.push_back(gender(i % 2 == 0, i, Configuration::kAudio));
  const BootstrapEstimate all = overall_estimate(items);
  EXPECT_DOUBLE_EQ(all.value, overall(score(items)).points);
  EXPECT_LT(all.interval.low, all.value);
  EXPECT_GT(all.interval.high, all.value);
  EXPECT_EQ(all.blocks, 4 + 2 + 4);
  const BootstrapEstimate again = overall_estimate(items);
  EXPECT_EQ(all.interval.low, again.interval.low);
  EXPECT_TRUE(std::isnan(overall_estimate({}).value));
  EXPECT_TRUE(std::isnan(overall_estimate({gender(true, 1)}).interval.low));
}

// Speakers who are wrong in both tasks move both together; others even each other out.
TEST(OverallInterval, ASpeakerCountsInAllTasksAsOften) {
  const auto width = [](int shift) {
    Items items;
    for (int i = 0; i < 40; ++i) {
      items.push_back(gender(i % 2 == 0, i));
      items.push_back(gender(i % 2 == 0, i + shift, Configuration::kAudio));
    }
    const Interval interval = overall_estimate(items).interval;
    return interval.high - interval.low;
  };
  const double same = width(0), others = width(100);
  EXPECT_NEAR(same, 2 * 1.96 * 100 * std::sqrt(0.25 / 40), 2.5);  // of 40 independent speakers
  EXPECT_NEAR(others, same / std::sqrt(2.0), 2.5);
}

// 19 of 20 intervals hold the truth; with 25 speakers a percentile interval holds it a little less often.
TEST(OverallInterval, HoldsTheTruth) {
  constexpr int kSets = 300;
  Rng rng(7);
  int held = 0;
  for (int set = 0; set < kSets; ++set) {
    Items items;
    for (int speaker = 0; speaker < 25; ++speaker) {
      const double ability = rng.uniform();  // each of these has a mean of one half
      for (int i = 0; i < 2; ++i) {
        items.push_back(gender(rng.uniform() < ability, speaker));
        items.push_back(gender(rng.uniform() < ability, speaker, Configuration::kAudio));
      }
    }
    const Interval interval = overall_estimate(items, {.resamples = 200}).interval;
    held += interval.low <= 50 && 50 <= interval.high ? 1 : 0;
  }
  EXPECT_GT(held, 0.90 * kSets);
  EXPECT_LT(held, 0.98 * kSets);
}

TEST(OverallInterval, OfADifferenceIsPaired) {
  Items first, second;
  for (int i = 0; i < 30; ++i) {
    first.push_back(gender(i % 2 == 0, i));
    second.push_back(first.back());
    if (i % 5 == 1) second.back().answer = "female";
  }
  const PairedEstimate none = compare_overall(first, first);
  EXPECT_EQ(none.difference, 0);
  EXPECT_EQ(none.interval.low, 0);
  EXPECT_EQ(none.interval.high, 0);
  const PairedEstimate better = compare_overall(first, second);
  EXPECT_DOUBLE_EQ(better.difference, overall(score(second)).points - overall(score(first)).points);
  EXPECT_GE(better.interval.low, 0);
  const Interval alone = overall_estimate(second).interval;
  EXPECT_LT(better.interval.high - better.interval.low, alone.high - alone.low);
  second.pop_back();
  EXPECT_THROW(compare_overall(first, second), Error);
  second.push_back(gender(true, 1));
  EXPECT_THROW(compare_overall(first, second), Error);
}

TEST(OverallInterval, NeedsTheSameMetricsOfBoth) {
  Items first{gender(true, 1), answered("dialogue", "Fine.", "Well.", "anna")}, second = first;
  first.back().judged = 0.5;
  try {
    compare_overall(first, second);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("dialogue text_audio judge"), std::string::npos) << error.what();
  }
  EXPECT_THROW(compare_overall(second, first), Error);
  second.back().judged = 1;
  EXPECT_EQ(compare_overall(first, second).difference, 25);
}

}  // namespace
}  // namespace auris::eval
