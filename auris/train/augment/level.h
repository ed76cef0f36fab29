#pragma once
// How strong a sound is.

#include <cmath>
#include <span>

namespace auris::train {

// Mean of the squares; 0 for no samples.
inline double mean_power(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

inline double decibels(double power_ratio) { return 10 * std::log10(power_ratio); }
inline double power_ratio(double decibels) { return std::pow(10.0, decibels / 10); }

}  // namespace auris::train
