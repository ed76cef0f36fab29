#include "auris/base/nearest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace auris {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string_view> kModels = {"whisper-base", "whisper-tiny.en", "smollm2-135m-instruct",
                                               "silero-vad"};

TEST(Nearest, ClosestComesFirst) {
  EXPECT_THAT(nearest_names("whisper-bas", kModels, 2), ElementsAre("whisper-base", "whisper-tiny.en"));
  EXPECT_THAT(nearest_names("SILERO-VAD", kModels, 1), ElementsAre("silero-vad"));
}

TEST(Nearest, NothingInCommonGivesNothing) { EXPECT_THAT(nearest_names("zzzz", kModels), IsEmpty()); }

TEST(Nearest, OverlongNamesAreNotCompared) {
  EXPECT_THAT(nearest_names(std::string(100000, 'a'), kModels), IsEmpty());
}

TEST(Nearest, HintReadsAsASentence) {
  EXPECT_EQ(nearest_hint("whisper-bose", kModels, 2), "did you mean 'whisper-base' or 'whisper-tiny.en'");
  EXPECT_EQ(nearest_hint("zzzz", kModels), "");
}

}  // namespace
}  // namespace auris
