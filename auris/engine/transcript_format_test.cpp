#include "auris/engine/transcript_format.h"

#include <gtest/gtest.h>

namespace auris::engine {
namespace {

generate::Transcript sample() {
  generate::Transcript transcript;
  transcript.language = "en";
  transcript.duration_s = 4.5;
  transcript.text = " Hello there. Bye.";
  transcript.segments.resize(2);
  transcript.segments[0].start = 0;
  transcript.segments[0].end = 2.5;
  transcript.segments[0].text = " Hello there.";
  transcript.segments[0].words = {{" Hello", 0, 0.5, 0.9}, {" there.", 0.5, 1, 0.8}};
  transcript.segments[1].start = 3661.0;
  transcript.segments[1].end = 3662.0005;
  transcript.segments[1].text = " Bye\n\n---> there.";
  return transcript;
}

TEST(TranscriptFormat, ClockTimeRoundsAndNeverGoesNegative) {
  EXPECT_EQ(clock_time(3661.5), "01:01:01.500");
  EXPECT_EQ(clock_time(59.9996, ','), "00:01:00,000");
  EXPECT_EQ(clock_time(-1), "00:00:00.000");
  EXPECT_EQ(clock_time(360000), "100:00:00.000");
}

TEST(TranscriptFormat, SubRip) {
  EXPECT_EQ(to_srt(sample()),
            "1\n00:00:00,000 --> 00:00:02,500\nHello there.\n\n2\n01:01:01,000 --> 01:01:02,001\nBye  -> "
            "there.\n\n");
}

TEST(TranscriptFormat, WebVttHasItsHeaderEvenWhenEmpty) {
  EXPECT_EQ(to_vtt({}), "WEBVTT\n\n");
  EXPECT_EQ(to_vtt(sample()).substr(0, 54), "WEBVTT\n\n00:00:00.000 --> 00:00:02.500\nHello there.\n\n01");
}

TEST(TranscriptFormat, JsonHasThePromisedFields) {
  auto json = to_json(sample(), "a.wav", 0.25);
  for (const char* key : {"file", "language", "duration_s", "text", "segments", "truncated", "timings"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
  EXPECT_EQ(json["text"], "Hello there. Bye.");
  EXPECT_EQ(json["segments"][0]["words"][1]["word"], " there.");
  EXPECT_EQ(json["timings"]["load_s"], 0.25);
  EXPECT_FALSE(json.contains("repetition_loop"));
}

}  // namespace
}  // namespace auris::engine
