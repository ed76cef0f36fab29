#include "auris/data/synthesis/voice.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "auris/base/error.h"

namespace auris::data {
namespace {

constexpr const char* kSentence = "The train leaves at ten, and I will be there.";

// The median over voiced frames of the lag at which a frame resembles itself most.
double pitch_hz(const audio::AudioClip& clip) {
  std::vector<double> pitches;
  constexpr size_t kFrame = 640, kLeast = 40, kMost = 266;
  for (size_t begin = 0; begin + 2 * kFrame < clip.samples.size(); begin += 400) {
    const auto product = [&](size_t lag) {
      double sum = 0;
      for (size_t i = 0; i < kFrame; ++i) sum += clip.samples[begin + i] * clip.samples[begin + i + lag];
      return sum;
    };
    if (product(0) < 0.5) continue;
    size_t best = kLeast;
    for (size_t lag = kLeast; lag <= kMost; ++lag) {
      if (product(lag) > product(best)) best = lag;
    }
    if (product(best) > 0.6 * product(0)) pitches.push_back(16000.0 / static_cast<double>(best));
  }
  if (pitches.empty()) return 0;
  std::nth_element(pitches.begin(), pitches.begin() + std::ssize(pitches) / 2, pitches.end());
  return pitches[pitches.size() / 2];
}

TEST(Voices, AreDistinctAndKnown) {
  std::set<std::string> ids;
  for (const Voice& voice : synthetic_voices()) {
    EXPECT_TRUE(ids.insert(voice.id).second);
    EXPECT_EQ(&voice_named(voice.id), &voice);
    EXPECT_TRUE(voice.gender == "female" || voice.gender == "male");
  }
  EXPECT_THROW(voice_named("espeak-en-us-f22"), Error);
}

TEST(Voices, EachSpeaks) {
  for (const Voice& voice : synthetic_voices()) {
    const audio::AudioClip clip = speak("one, two", voice);
    EXPECT_EQ(clip.sample_rate_hz, 16000);
    EXPECT_GT(clip.duration_s(), 0.3) << voice.id;
    EXPECT_LT(clip.duration_s(), 4) << voice.id;
    EXPECT_GT(*std::max_element(clip.samples.begin(), clip.samples.end()), 0.05f) << voice.id;
  }
}

TEST(Voices, RateAndPitchAreHeard) {
  for (const char* id : {"espeak-en-us-f2", "flite-slt", "flite-awb"}) {
    const Voice& voice = voice_named(id);
    const audio::AudioClip usual = speak(kSentence, voice);
    EXPECT_EQ(speak(kSentence, voice).samples, usual.samples) << id;
    EXPECT_NEAR(speak(kSentence, voice, {.rate = 2}).duration_s() / usual.duration_s(), 0.5, 0.12) << id;
    EXPECT_NEAR(pitch_hz(speak(kSentence, voice, {.pitch = 1.4})) / pitch_hz(usual), 1.4, 0.12) << id;
  }
  EXPECT_GT(pitch_hz(speak(kSentence, voice_named("flite-slt"))), 140);
  EXPECT_LT(pitch_hz(speak(kSentence, voice_named("flite-awb"))), 140);
}

TEST(Voices, TextsAreTextsAndNotOptions) {
  const Voice& voice = voice_named("espeak-en-us-m1");
  EXPECT_GT(speak("--help -v nothing; $(touch x) <b>", voice).duration_s(), 1);
  EXPECT_THROW(speak(" \n", voice), Error);
  EXPECT_THROW(speak(std::string("a\0b", 3), voice), Error);
  EXPECT_THROW(speak(std::string(20'000, 'a'), voice), Error);
  EXPECT_THROW(speak("a", voice, {.rate = 3}), Error);
  EXPECT_THROW(speak("a", voice, {.pitch = std::nan("")}), Error);
}

// A program that lacks a voice says nothing and takes its usual one (espeak-ng: British English). Labels
// would be wrong.
TEST(Voices, AreThere) {
  for (const Voice& voice : synthetic_voices()) {
    if (voice.name.starts_with("en-gb+")) continue;
    Voice missing = voice;
    const size_t variant = voice.name.find('+');
    missing.name = "no-such-voice" + (variant == std::string::npos ? "" : voice.name.substr(variant));
    EXPECT_NE(speak(kSentence, voice).samples, speak(kSentence, missing).samples) << voice.id;
  }
}

}  // namespace
}  // namespace auris::data
