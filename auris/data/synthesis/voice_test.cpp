#include "auris/data/synthesis/voice.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/test_folder.h"

namespace auris::data {
namespace {

using testing::HasSubstr;

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
  for (const char* id :
       {"espeak-en-us-f2", "flite-slt", "flite-awb", "festival-kal", "festival-ked", "festival-slt"}) {
    const Voice& voice = voice_named(id);
    const audio::AudioClip usual = speak(kSentence, voice);
    EXPECT_EQ(speak(kSentence, voice).samples, usual.samples) << id;
    EXPECT_NEAR(speak(kSentence, voice, {.rate = 2}).duration_s() / usual.duration_s(), 0.5, 0.12) << id;
    if (voice.has_one_pitch) {
      EXPECT_THROW(speak(kSentence, voice, {.pitch = 1.4}), Error);
      continue;
    }
    EXPECT_NEAR(pitch_hz(speak(kSentence, voice, {.pitch = 1.4})) / pitch_hz(usual), 1.4, 0.12) << id;
  }
  EXPECT_GT(pitch_hz(speak(kSentence, voice_named("flite-slt"))), 140);
  EXPECT_LT(pitch_hz(speak(kSentence, voice_named("flite-awb"))), 140);
}

// It reads bytes: what it cannot know is not said, and not guessed either.
TEST(Voices, FestivalReadsAscii) {
  const Voice& voice = voice_named("festival-kal");
  EXPECT_EQ(speak("It’s “so” – well…", voice).samples, speak("It's \"so\"  -  well...", voice).samples);
  EXPECT_THROW(speak("Straße", voice), Error);
  EXPECT_THROW(speak("...", voice), Error);  // nothing to say
}

TEST(Voices, TextsAreTextsAndNotOptions) {
  TestFolder folder;
  const Voice& voice = voice_named("espeak-en-us-m1");
  EXPECT_GT(speak("--help -v nothing; $(touch x) <b>", voice).duration_s(), 1);
  for (const char* id : {"flite-slt", "festival-kal"}) {
    const std::string text = "\") (system \"touch " + (folder / "made").string() + "\") (quit) $(touch x)";
    EXPECT_GT(speak(text, voice_named(id)).duration_s(), 1) << id;
    EXPECT_FALSE(std::filesystem::exists(folder / "made")) << id;
  }
  EXPECT_THROW(speak(" \n", voice), Error);
  EXPECT_THROW(speak(std::string("a\0b", 3), voice), Error);
  EXPECT_THROW(speak(std::string(20'000, 'a'), voice), Error);
  EXPECT_THROW(speak("a", voice, {.rate = 3}), Error);
  EXPECT_THROW(speak("a", voice, {.pitch = std::nan("")}), Error);
}

// Programs that lack a voice take another one without a word (espeak-ng for "no-such" Norwegian).
TEST(Voices, AreThereOrAnError) {
  for (const auto& [id, name] : std::map<std::string, std::string>{{"espeak-en-us-f2", "no-such+f2"},
                                                                   {"espeak-en-us-m1", "en-us+f99"},
                                                                   {"espeak-de-m1", "en-gb-x-none+m1"},
                                                                   {"flite-slt", "clb"},
                                                                   {"festival-slt", "rab_diphone"}}) {
    Voice missing = voice_named(id);
    missing.name = name;
    try {
      speak(kSentence, missing);
      ADD_FAILURE() << name << " spoke";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      EXPECT_THAT(error.what(), HasSubstr(id));
      EXPECT_THAT(error.what(), HasSubstr("apt install"));
    }
  }
}

}  // namespace
}  // namespace auris::data
