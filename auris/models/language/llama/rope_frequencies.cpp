#include "auris/models/language/llama/rope_frequencies.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "auris/base/error.h"

namespace auris::models {
namespace {

double llama3_frequency(const RopeConfig& config, double frequency) {
  double wavelength = 2.0 * std::numbers::pi / frequency;
  auto context = static_cast<double>(config.original_context);
  if (wavelength < context / config.high_frequency_factor) return frequency;
  if (wavelength > context / config.low_frequency_factor) return frequency / config.factor;
  double smooth = (context / wavelength - config.low_frequency_factor) /
                  (config.high_frequency_factor - config.low_frequency_factor);
  return (1.0 - smooth) * frequency / config.factor + smooth * frequency;
}

// The pair index whose wavelength makes `rotations` turns within the original context.
double yarn_index(const RopeConfig& config, double rotations, int rotary_dim) {
  auto context = static_cast<double>(config.original_context);
  return rotary_dim * std::log(context / (rotations * 2.0 * std::numbers::pi)) /
         (2.0 * std::log(config.theta));
}

double yarn_frequency(const RopeConfig& config, double frequency, int pair, int rotary_dim) {
  double low = std::max(std::floor(yarn_index(config, config.beta_fast, rotary_dim)), 0.0);
  double high = std::min(std::ceil(yarn_index(config, config.beta_slow, rotary_dim)), rotary_dim - 1.0);
  if (low == high) high += 0.001;  // as the reference avoids the division by zero
  double interpolated = std::clamp((pair - low) / (high - low), 0.0, 1.0);
  return frequency / config.factor * interpolated + frequency * (1.0 - interpolated);
}

}  // namespace

std::vector<float> inverse_frequencies(const RopeConfig& config, int rotary_dim) {
  AURIS_CHECK(rotary_dim > 0 && rotary_dim % 2 == 0);
  std::vector<float> frequencies(static_cast<size_t>(rotary_dim / 2));
  for (int pair = 0; pair < rotary_dim / 2; ++pair) {
    double frequency = 1.0 / std::pow(config.theta, 2.0 * pair / rotary_dim);
    switch (config.scaling) {
      case RopeScalingKind::kNone: break;
      case RopeScalingKind::kLinear: frequency /= config.factor; break;
      case RopeScalingKind::kLlama3: frequency = llama3_frequency(config, frequency); break;
      case RopeScalingKind::kYarn: frequency = yarn_frequency(config, frequency, pair, rotary_dim); break;
    }
    frequencies[static_cast<size_t>(pair)] = static_cast<float>(frequency);
  }
  return frequencies;
}

float rope_magnitude(const RopeConfig& config) {
  if (config.scaling != RopeScalingKind::kYarn) return 1.0f;
  if (config.attention_factor) return static_cast<float>(*config.attention_factor);
  return config.factor <= 1.0 ? 1.0f : static_cast<float>(0.1 * std::log(config.factor) + 1.0);
}

}  // namespace auris::models
