#include <cmath>

#include <gtest/gtest.h>

#include "auris/audio/decode.h"
#include "auris/audio/resampler.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/data/audit/clip_measures.h"
#include "auris/data/audit/fingerprint.h"

namespace auris::data {
namespace {

audio::AudioClip prompt(const std::string& name, const std::string& voice = "en_US_f_Allison") {
  return audio::decode_audio("/usr/share/asterisk/sounds/" + voice + "/" + name + ".g722");
}

audio::AudioClip with_noise(audio::AudioClip clip, double deviation, uint64_t seed = 1) {
  Rng rng(seed);
  for (float& x : clip.samples) x += static_cast<float>(deviation * rng.normal());
  return clip;
}

// A second of tone at level 0.1 in noise of a known level.
TEST(Measures, AreThoseOfAKnownSignal) {
  audio::AudioClip clip{.samples = std::vector<float>(32000), .sample_rate_hz = 16000};
  for (size_t i = 8000; i < 24000; ++i)
    clip.samples[i] = 0.1f * std::sqrt(2.0f) * std::sin(0.3f * static_cast<float>(i));
  clip = with_noise(clip, 0.001);
  const ClipMeasures measures = measure(clip);
  EXPECT_DOUBLE_EQ(measures.duration_s, 2);
  EXPECT_NEAR(measures.level_db, -20, 0.2);
  EXPECT_NEAR(measures.noise_db, -60, 0.7);
  EXPECT_NEAR(measures.snr_db, 40, 0.8);
  EXPECT_NEAR(measures.peak, 0.1414, 0.005);
  EXPECT_EQ(measures.clipped_share, 0);
  EXPECT_NEAR(measures.offset, 0, 1e-3);
}

TEST(Measures, SilenceClippingAndNothing) {
  audio::AudioClip clip{.samples = std::vector<float>(16000), .sample_rate_hz = 16000};
  EXPECT_EQ(measure(clip).silence_share, 1);
  EXPECT_EQ(measure(clip).snr_db, 0);
  for (size_t i = 8000; i < 16000; ++i) clip.samples[i] = i % 40 < 20 ? 1.0f : -1.0f;
  EXPECT_NEAR(measure(clip).silence_share, 0.5, 0.01);
  EXPECT_NEAR(measure(clip).clipped_share, 0.5, 0.01);
  const ClipMeasures none = measure({});
  EXPECT_EQ(none.duration_s, 0);
  EXPECT_EQ(none.content, measure({}).content);
  EXPECT_NE(none.content, measure(clip).content);
}

double errors_between(const audio::AudioClip& a, const audio::AudioClip& b) {
  return bit_error_rate(fingerprint_of(a), fingerprint_of(b), 0, 1).value_or(1);
}

TEST(Fingerprints, SurviveWhatDoesNotChangeTheSound) {
  const audio::AudioClip clip = prompt("agent-newlocation");
  audio::AudioClip quiet = clip;
  for (float& x : quiet.samples) x *= 0.2f;
  EXPECT_LT(errors_between(clip, quiet), 0.02);
  const double noise = std::pow(10, (measure(clip).level_db - 30) / 20);  // also in the pauses
  EXPECT_LT(errors_between(clip, with_noise(clip, noise)), 0.2);
  audio::AudioClip coded = clip;
  for (float& x : coded.samples) x = std::round(x * 200) / 200;  // under 9 bits
  EXPECT_LT(errors_between(clip, coded), 0.2);
}

TEST(Fingerprints, DifferBetweenSounds) {
  const std::vector<std::string> names = {"agent-newlocation", "agent-pass", "all-circuits-busy-now",
                                          "agent-user", "agent-alreadyon"};
  for (size_t i = 0; i < names.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      EXPECT_NEAR(errors_between(prompt(names[i]), prompt(names[j])), 0.5, 0.15)
          << names[i] << " " << names[j];
    }
  }
  EXPECT_TRUE(fingerprint_of({.samples = std::vector<float>(1000), .sample_rate_hz = 16000}).empty());
  EXPECT_THROW(fingerprint_of({.samples = {}, .sample_rate_hz = 8000}), Error);
}

TEST(Fingerprints, TheIndexFindsWhatBeginsLater) {
  FingerprintIndex index;
  const std::vector<std::string> names = {
      "agent-newlocation", "agent-pass",      "all-circuits-busy-now", "agent-user",
      "agent-loggedoff",   "agent-alreadyon", "conf-roll-callcomplete"};
  for (const std::string& name : names) EXPECT_FALSE(index.add(fingerprint_of(prompt(name)))) << name;
  audio::AudioClip later = prompt("all-circuits-busy-now");
  later.samples.erase(later.samples.begin(), later.samples.begin() + 32 * 320);  // 0.64 s
  later = with_noise(later, 0.001);
  const auto found = index.add(fingerprint_of(later));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->first, 2u);
  EXPECT_EQ(found->second, names.size());
  EXPECT_NEAR(found->offset_s, 0.64, 0.021);
  EXPECT_FALSE(index.add(Fingerprint{}));
}

}  // namespace
}  // namespace auris::data
