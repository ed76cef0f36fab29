#include "auris/generate/whisper/segmenting.h"

#include <gtest/gtest.h>

#include "auris/base/cache_folder.h"
#include "auris/generate/whisper/speech_spans.h"

namespace auris::generate {
namespace {

class SegmentingTest : public ::testing::Test {
 protected:
  SegmentingTest()
      : vocabulary_(text::load_tokenizer_json(model_folder() / "whisper-base" / "tokenizer.json"), 51865) {}
  TokenId time(int steps) const { return vocabulary_.timestamp_begin + steps; }
  WindowSegments split(std::vector<TokenId> tokens) {
    return split_by_timestamps(vocabulary_, tokens, {.frame = 1000, .frames = 3000});
  }
  WhisperVocabulary vocabulary_;
};

TEST_F(SegmentingTest, OneClosedSegmentTakesTheWholeWindow) {
  WindowSegments out = split({time(0), 100, 101, time(150)});
  ASSERT_EQ(out.segments.size(), 1u);
  EXPECT_DOUBLE_EQ(out.segments[0].start, 10.0);
  EXPECT_DOUBLE_EQ(out.segments[0].end, 13.0);
  EXPECT_TRUE(out.silent_end);
  EXPECT_EQ(out.next_frame, 4000);
}

TEST_F(SegmentingTest, AnUnfinishedSegmentIsLeftToTheNextWindow) {
  WindowSegments out = split({time(0), 100, time(500), time(500), 101, 102});
  ASSERT_EQ(out.segments.size(), 1u);
  EXPECT_EQ(out.segments[0].tokens, (std::vector<TokenId>{time(0), 100, time(500)}));
  EXPECT_FALSE(out.silent_end);
  EXPECT_EQ(out.next_frame, 2000);
}

TEST_F(SegmentingTest, TwoClosedSegments) {
  WindowSegments out = split({time(0), 100, time(500), time(600), 101, time(700)});
  ASSERT_EQ(out.segments.size(), 2u);
  EXPECT_DOUBLE_EQ(out.segments[1].start, 22.0);
  EXPECT_DOUBLE_EQ(out.segments[1].end, 24.0);
  EXPECT_EQ(out.next_frame, 4000);
}

TEST_F(SegmentingTest, WithoutTimestampsTheWindowIsOneSegment) {
  WindowSegments out = split({100, 101});
  ASSERT_EQ(out.segments.size(), 1u);
  EXPECT_DOUBLE_EQ(out.segments[0].end, 40.0);
  EXPECT_TRUE(split({}).segments[0].tokens.empty());
}

TEST(SpeechSpans, JoinsAndMapsBack) {
  std::vector<float> samples(1000);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(i);
  SpeechSpans spans({{5.0, 7.0}, {1.0, 2.0}, {6.5, 8.0}, {9.0, 9.0}, {-3.0, 0.5}}, samples.size(), 100);
  std::vector<float> joined = spans.join(samples);
  ASSERT_EQ(joined.size(), 50u + 100u + 300u);
  EXPECT_EQ(joined[50], 100.0f);
  EXPECT_EQ(joined[150], 500.0f);
  EXPECT_DOUBLE_EQ(spans.original_time(0.6), 1.1);
  EXPECT_DOUBLE_EQ(spans.original_time(1.5), 5.0);
  EXPECT_DOUBLE_EQ(spans.original_time(1.5, /*is_end=*/true), 2.0);
  EXPECT_DOUBLE_EQ(spans.original_time(4.5), 8.0);
}

}  // namespace
}  // namespace auris::generate
