#include "auris/train/augment/noise.h"

#include <cmath>
#include <numbers>

#include "auris/base/rng.h"
#include "auris/train/augment/level.h"

namespace auris::train {
namespace {

constexpr double kLowestHz = 20;

// Power falls as 1 / f^exponent.
double exponent_of(NoiseColour colour) {
  switch (colour) {
    case NoiseColour::kWhite: return 0;
    case NoiseColour::kPink: return 1;
    case NoiseColour::kBrown: return 2;
  }
  return 0;
}

// First-order sections with poles two to an octave, each with its zero a share exponent / 2 of the way to the
// next pole, draw the slope as a staircase (Corsini and Saletti 1988). With exponent 2 every zero lies on the
// next pole.
void filter(std::vector<float>& samples, double exponent, int sample_rate_hz) {
  const double step = std::numbers::sqrt2;
  for (double pole_hz = kLowestHz; pole_hz < sample_rate_hz / 2.0; pole_hz *= step) {
    const double zero_hz = pole_hz * std::pow(step, exponent / 2);
    const double pole = std::exp(-2 * std::numbers::pi * pole_hz / sample_rate_hz);
    const double zero = std::exp(-2 * std::numbers::pi * zero_hz / sample_rate_hz);
    double before = 0, out = 0;
    for (float& sample : samples) {
      out = sample - zero * before + pole * out;
      before = sample;
      sample = static_cast<float>(out);
    }
  }
}

}  // namespace

std::vector<float> coloured_noise(NoiseColour colour, size_t samples, int sample_rate_hz, uint64_t seed) {
  Rng rng(seed);
  std::vector<float> noise(samples);
  for (float& sample : noise) sample = static_cast<float>(rng.normal());
  const double exponent = exponent_of(colour);
  if (exponent > 0) filter(noise, exponent, sample_rate_hz);
  const double power = mean_power(noise);
  if (power == 0) return noise;
  const auto gain = static_cast<float>(1 / std::sqrt(power));
  for (float& sample : noise) sample *= gain;
  return noise;
}

audio::AudioClip with_noise(const audio::AudioClip& clip, std::span<const float> noise, double snr_db,
                            uint64_t seed) {
  if (noise.empty()) return clip;
  const size_t begin = Rng(seed).below(noise.size());
  std::vector<float> stretch(clip.samples.size());
  for (size_t i = 0; i < stretch.size(); ++i) stretch[i] = noise[(begin + i) % noise.size()];
  const double signal_power = mean_power(clip.samples), noise_power = mean_power(stretch);
  if (signal_power == 0 || noise_power == 0) return clip;
  const auto gain = static_cast<float>(std::sqrt(signal_power / noise_power / power_ratio(snr_db)));
  audio::AudioClip out = clip;
  for (size_t i = 0; i < stretch.size(); ++i) out.samples[i] += gain * stretch[i];
  return out;
}

}  // namespace auris::train
