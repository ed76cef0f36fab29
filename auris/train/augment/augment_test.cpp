// The definition of each variation, measured on what it made.

#include <cmath>
#include <map>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "auris/audio/wav_writer.h"
#include "auris/base/error.h"
#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/train/augment/augmenter.h"
#include "auris/train/augment/convolution.h"
#include "auris/train/augment/level.h"
#include "auris/train/augment/noise.h"
#include "auris/train/augment/reverberation.h"
#include "auris/train/augment/spec_augment.h"
#include "auris/train/augment/speed.h"

namespace auris::train {
namespace {

constexpr int kRateHz = 16000;

// Something like speech: noise whose strength comes and goes four times a second.
audio::AudioClip clip_of(double seconds, uint64_t seed = 1) {
  Rng rng(seed);
  audio::AudioClip clip;
  clip.samples.resize(static_cast<size_t>(seconds * kRateHz));
  for (size_t i = 0; i < clip.samples.size(); ++i) {
    const double strength = 0.1 * std::abs(std::sin(4 * std::numbers::pi * static_cast<double>(i) / kRateHz));
    clip.samples[i] = static_cast<float>(strength * rng.normal());
  }
  return clip;
}

std::vector<float> noise_of(size_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> noise(count);
  for (float& sample : noise) sample = static_cast<float>(rng.normal());
  return noise;
}

double reached_snr_db(const audio::AudioClip& clip, const audio::AudioClip& noisy) {
  std::vector<float> noise = noisy.samples;
  for (size_t i = 0; i < noise.size(); ++i) noise[i] -= clip.samples[i];
  return decibels(mean_power(clip.samples) / mean_power(noise));
}

// Power between two frequencies: squares of the DFT of stretches of 512 samples under a Hann window.
double band_power(std::span<const float> samples, double low_hz, double high_hz) {
  constexpr size_t kLength = 512;
  double power = 0;
  for (size_t begin = 0; begin + kLength <= samples.size(); begin += kLength) {
    for (double bin = std::ceil(low_hz * kLength / kRateHz); bin < high_hz * kLength / kRateHz; ++bin) {
      double real = 0, imaginary = 0;
      for (size_t i = 0; i < kLength; ++i) {
        const double turn = 2 * std::numbers::pi * static_cast<double>(i) / kLength;
        const double value = samples[begin + i] * (0.5 - 0.5 * std::cos(turn));
        real += value * std::cos(bin * turn);
        imaginary += value * std::sin(bin * turn);
      }
      power += real * real + imaginary * imaginary;
    }
  }
  return power;
}

TEST(Convolution, EqualsItsSum) {
  for (const auto& [samples, taps] :
       {std::pair<size_t, size_t>{1, 1}, {1000, 1}, {5000, 37}, {20'000, 3000}, {10, 500}}) {
    const std::vector<float> signal = noise_of(samples, 1), response = noise_of(taps, 2);
    const std::vector<float> got = convolved(signal, response);
    ASSERT_EQ(got.size(), samples);
    for (size_t n = 0; n < samples; n += 1 + samples / 50) {
      double wanted = 0;
      for (size_t k = 0; k < taps && k <= n; ++k) wanted += static_cast<double>(signal[n - k]) * response[k];
      EXPECT_NEAR(got[n], wanted, 1e-4 * std::sqrt(static_cast<double>(taps))) << n;
    }
  }
  EXPECT_TRUE(convolved({}, noise_of(3, 1)).empty());
  EXPECT_THROW(convolved(noise_of(3, 1), {}), Error);
}

TEST(Reverberation, TheTailFallsBySixtyDecibelsInItsDecay) {
  for (double decay_s : {0.1, 0.3, 0.8}) {
    const std::vector<float> response =
        room_response({.decay_s = decay_s, .direct_to_tail_db = 4, .seed = 5}, kRateHz);
    EXPECT_EQ(response[0], 1.0f);
    EXPECT_NEAR(
        decibels(1 / (mean_power(std::span(response).subspan(1)) * static_cast<double>(response.size() - 1))),
        4, 0.01);
    // Schroeder's backward integral, from -5 to -25 dB.
    std::vector<double> left(response.size() + 1, 0.0);
    for (size_t i = response.size(); i-- > 1;)
      left[i] = left[i + 1] + static_cast<double>(response[i]) * response[i];
    const auto reaches = [&](double db) {
      size_t i = 1;
      while (decibels(left[i] / left[1]) > db) ++i;
      return static_cast<double>(i) / kRateHz;
    };
    EXPECT_NEAR(3 * (reaches(-25) - reaches(-5)), decay_s, 0.1 * decay_s);
  }
}

TEST(Reverberation, KeepsLengthAndPowerAndTheDirectSound) {
  const audio::AudioClip clip = clip_of(2);
  const Room room{.decay_s = 0.4, .direct_to_tail_db = 6, .seed = 3};
  const audio::AudioClip out = reverberated(clip, room);
  ASSERT_EQ(out.samples.size(), clip.samples.size());
  EXPECT_NEAR(mean_power(out.samples) / mean_power(clip.samples), 1, 1e-4);
  EXPECT_EQ(reverberated(clip, room).samples, out.samples);
  EXPECT_NE(reverberated(clip, {.decay_s = 0.4, .direct_to_tail_db = 6, .seed = 4}).samples, out.samples);
  // An impulse becomes the response, but for its strength.
  audio::AudioClip impulse;
  impulse.samples.assign(8000, 0.0f);
  impulse.samples[100] = 1;
  const std::vector<float> response = room_response(room, kRateHz);
  const std::vector<float> rung = reverberated(impulse, room).samples;
  for (size_t i = 0; i < 6000; i += 97) EXPECT_NEAR(rung[100 + i] / rung[100], response[i], 1e-4);
  EXPECT_NEAR(rung[99], 0, 1e-5);
  const audio::AudioClip silence{.samples = std::vector<float>(100, 0.0f)};
  EXPECT_EQ(reverberated(silence, room).samples, silence.samples);
  EXPECT_THROW(reverberated(clip, {.decay_s = 0}), Error);
}

TEST(Noise, HasTheRatioThatIsAskedFor) {
  const audio::AudioClip clip = clip_of(3);
  const std::vector<float> shorter = noise_of(5000, 9);
  for (double snr_db : {-5.0, 0.0, 12.5, 30.0}) {
    for (uint64_t seed : {1u, 2u}) {
      const audio::AudioClip noisy = with_noise(clip, shorter, snr_db, seed);
      ASSERT_EQ(noisy.samples.size(), clip.samples.size());
      EXPECT_NEAR(reached_snr_db(clip, noisy), snr_db, 0.1);
      EXPECT_EQ(with_noise(clip, shorter, snr_db, seed).samples, noisy.samples);
    }
  }
  EXPECT_NE(with_noise(clip, shorter, 0, 1).samples, with_noise(clip, shorter, 0, 2).samples);
}

TEST(Noise, LeavesAloneWhatHasNoRatio) {
  const audio::AudioClip clip = clip_of(0.1), silence{.samples = std::vector<float>(1600, 0.0f)};
  EXPECT_EQ(with_noise(clip, {}, 0, 1).samples, clip.samples);
  EXPECT_EQ(with_noise(clip, silence.samples, 0, 1).samples, clip.samples);
  EXPECT_EQ(with_noise(silence, clip.samples, 0, 1).samples, silence.samples);
}

TEST(Noise, ColoursFallByTheirSlopes) {
  const std::map<NoiseColour, double> slopes{
      {NoiseColour::kWhite, 0}, {NoiseColour::kPink, 3.01}, {NoiseColour::kBrown, 6.02}};
  for (const auto& [colour, db_per_octave] : slopes) {
    const std::vector<float> noise = coloured_noise(colour, 100'000, kRateHz, 4);
    EXPECT_NEAR(mean_power(noise), 1, 1e-4);
    // Three octaves apart, per hertz.
    const double low = band_power(noise, 250, 500) / 250, high = band_power(noise, 2000, 4000) / 2000;
    EXPECT_NEAR(decibels(low / high), 3 * db_per_octave, 1) << name_in(kNoiseColours, colour);
    EXPECT_EQ(coloured_noise(colour, 100, kRateHz, 4), coloured_noise(colour, 100, kRateHz, 4));
    EXPECT_NE(coloured_noise(colour, 100, kRateHz, 4), coloured_noise(colour, 100, kRateHz, 5));
  }
}

TEST(Speed, ChangesDurationAndPitchTogether) {
  audio::AudioClip tone;
  for (int i = 0; i < 2 * kRateHz; ++i)
    tone.samples.push_back(static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * 400 * i / kRateHz)));
  for (double factor : {0.8, 0.9, 1.1, 1.25}) {
    const audio::AudioClip out = with_speed(tone, factor);
    EXPECT_EQ(out.sample_rate_hz, kRateHz);
    EXPECT_NEAR(static_cast<double>(out.samples.size()), static_cast<double>(tone.samples.size()) / factor,
                1);
    int rises = 0;  // of the tone through zero, one in each period
    for (size_t i = 1; i < out.samples.size(); ++i)
      rises += out.samples[i - 1] < 0 && out.samples[i] >= 0 ? 1 : 0;
    EXPECT_NEAR(rises / out.duration_s(), 400 * factor, 2);
    EXPECT_NEAR(decibels(mean_power(out.samples) / mean_power(tone.samples)), 0, 0.1);
  }
  EXPECT_EQ(with_speed(tone, 1).samples, tone.samples);
  EXPECT_THROW(with_speed(tone, 0), Error);
}

constexpr int64_t kFrames = 200, kBins = 80, kSoundFrames = 150;

Tensor mel_of(uint64_t seed) { return Tensor::from(noise_of(kFrames * kBins, seed), {kFrames, kBins}); }

// Frames and bins that are all one value where there is sound.
struct Masks {
  int64_t frames = 0, bins = 0;
  bool elsewhere_untouched = true;
};

Masks masks_of(const Tensor& before, const Tensor& after) {
  Masks masks;
  const float* a = before.data<float>();
  const float* b = after.data<float>();
  std::vector<bool> frame(kFrames), bin(kBins);
  for (int64_t f = 0; f < kSoundFrames; ++f) {
    bool all = true;
    for (int64_t k = 0; k < kBins; ++k)
      all = all && b[f * kBins + k] == b[f * kBins] && a[f * kBins + k] != b[f * kBins + k];
    frame[static_cast<size_t>(f)] = all;
    masks.frames += all ? 1 : 0;
  }
  for (int64_t k = 0; k < kBins; ++k) {
    bool all = true;
    for (int64_t f = 0; f < kSoundFrames; ++f)
      all = all && b[f * kBins + k] == b[k] && a[f * kBins + k] != b[f * kBins + k];
    bin[static_cast<size_t>(k)] = all;
    masks.bins += all ? 1 : 0;
  }
  for (int64_t f = 0; f < kFrames; ++f) {
    for (int64_t k = 0; k < kBins; ++k) {
      const bool masked = frame[static_cast<size_t>(f)] || (f < kSoundFrames && bin[static_cast<size_t>(k)]);
      masks.elsewhere_untouched =
          masks.elsewhere_untouched && (masked || a[f * kBins + k] == b[f * kBins + k]);
    }
  }
  return masks;
}

TEST(SpecAugment, MasksWhatItSays) {
  const Tensor mel = mel_of(1);
  double sum = 0;
  for (int64_t i = 0; i < kSoundFrames * kBins; ++i) sum += mel.data<float>()[i];
  const auto mean = static_cast<float>(sum / (kSoundFrames * kBins));
  constexpr int kSeeds = 1000;
  const SpecAugmentOptions options{
      .time_masks = 1, .max_time_share = 0.2, .frequency_masks = 1, .max_frequency_bins = 16};
  const double longest = 0.2 * kSoundFrames;  // 30 frames
  double frames = 0, bins = 0;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const Tensor out = spec_augmented(mel, kSoundFrames, options, seed);
    const Masks masks = masks_of(mel, out);
    EXPECT_TRUE(masks.elsewhere_untouched) << seed;
    EXPECT_LE(masks.frames, longest);
    EXPECT_LE(masks.bins, 16);
    frames += static_cast<double>(masks.frames);
    bins += static_cast<double>(masks.bins);
    for (int64_t i = 0; i < kFrames * kBins; ++i) {
      const float value = out.data<float>()[i];
      ASSERT_TRUE(value == mel.data<float>()[i] || value == mean);
    }
  }
  // Lengths are even over 0 ... n: mean n / 2, variance n (n + 2) / 12; four standard deviations of the mean.
  const auto bound = [&](double n) { return 4 * std::sqrt(n * (n + 2) / 12 / kSeeds); };
  EXPECT_NEAR(frames / kSeeds, longest / 2, bound(longest));
  EXPECT_NEAR(bins / kSeeds, 8, bound(16));
}

TEST(SpecAugment, DependsOnItsSeedAlone) {
  const Tensor mel = mel_of(1);
  const SpecAugmentOptions options{.time_masks = 2, .frequency_masks = 2};
  const auto values = [&](uint64_t seed) {
    const Tensor out = spec_augmented(mel, kSoundFrames, options, seed);
    return std::vector<float>(out.span<float>().begin(), out.span<float>().end());
  };
  EXPECT_EQ(values(3), values(3));
  EXPECT_NE(values(3), values(4));
  const auto before = noise_of(kFrames * kBins, 1);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), mel.span<float>().begin()));  // the input is as it was
  EXPECT_NO_THROW(spec_augmented(mel, 0, options, 1));
}

TEST(Augmenter, VariesByTheSeedAndByProbability) {
  TestFolder folder;
  audio::write_wav(folder / "hum.wav", {.samples = coloured_noise(NoiseColour::kBrown, 8000, kRateHz, 1)});
  AugmentOptions options{
      .speed = {.factors = {0.9, 1.0, 1.1}},
      .reverberation = {.probability = 0.5},
      .noise = {.probability = 0.5, .colours = {NoiseColour::kPink}, .recordings = {folder / "hum.wav"}}};
  const Augmenter augmenter(options);
  const audio::AudioClip clip = clip_of(0.5);
  std::map<size_t, int> lengths;
  int untouched = 0;
  constexpr int kSeeds = 600;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const audio::AudioClip out = augmenter.varied(clip, seed);
    ++lengths[out.samples.size()];
    untouched += out.samples == clip.samples ? 1 : 0;
  }
  EXPECT_EQ(augmenter.varied(clip, 7).samples, augmenter.varied(clip, 7).samples);
  ASSERT_EQ(lengths.size(), 3u);
  // Four standard deviations of the binomial distribution.
  const auto expect_share = [&](int count, double share) {
    EXPECT_NEAR(count, share * kSeeds, 4 * std::sqrt(kSeeds * share * (1 - share)));
  };
  for (const auto& [length, count] : lengths) expect_share(count, 1.0 / 3);
  expect_share(untouched, 1.0 / 3 * 0.5 * 0.5);
}

TEST(Augmenter, NothingAskedForIsNothingDone) {
  const Augmenter augmenter(AugmentOptions{});
  const audio::AudioClip clip = clip_of(0.2);
  EXPECT_EQ(augmenter.varied(clip, 1).samples, clip.samples);
  const Tensor mel = mel_of(2), out = augmenter.masked(mel, kSoundFrames, 1);
  EXPECT_TRUE(std::equal(mel.span<float>().begin(), mel.span<float>().end(), out.span<float>().begin()));
}

TEST(Augmenter, WantsNoiseThatSounds) {
  TestFolder folder;
  audio::write_wav(folder / "silence.wav", {.samples = std::vector<float>(800, 0.0f)});
  EXPECT_THROW(Augmenter({.noise = {.probability = 1, .recordings = {folder / "silence.wav"}}}), Error);
  EXPECT_THROW(Augmenter({.noise = {.probability = 1, .recordings = {folder / "nothing.wav"}}}), Error);
}

}  // namespace
}  // namespace auris::train
