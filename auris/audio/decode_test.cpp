#include "auris/audio/decode.h"

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::audio {
namespace {

TEST(DecodeAudio, ReadsG722Prompts) {
  DecodeReport report;
  AudioClip clip = decode_audio("/usr/share/asterisk/sounds/en_US_f_Allison/activated.g722", {}, &report);
  EXPECT_EQ(report.codec, "g722");
  EXPECT_EQ(clip.sample_rate_hz, 16000);
  EXPECT_GT(clip.samples.size(), 8000u);
}

TEST(DecodeAudio, RefusesAFolder) { EXPECT_THROW(decode_audio("/usr"), Error); }

}  // namespace
}  // namespace auris::audio
