#include "auris/audio/frontend/mel_filters.h"

#include <algorithm>
#include <cmath>

namespace auris::audio {
namespace {

// Slaney's Auditory Toolbox: 200/3 Hz a mel below 1 kHz, then 27 steps for each factor of 6.4.
constexpr double kLinearHz = 200.0 / 3;
constexpr double kBreakHz = 1000;
constexpr double kBreakMel = kBreakHz / kLinearHz;

double mel_of(double hz) {
  return hz < kBreakHz ? hz / kLinearHz : kBreakMel + std::log(hz / kBreakHz) * 27.0 / std::log(6.4);
}

double hz_of(double mel) {
  return mel < kBreakMel ? mel * kLinearHz : kBreakHz * std::exp(std::log(6.4) / 27.0 * (mel - kBreakMel));
}

}  // namespace

MelFilters slaney_mel_filters(const MelOptions& options) {
  MelFilters filters;
  double low = mel_of(options.low_hz);
  double step = (mel_of(options.high_hz) - low) / (options.mel_bins + 1);
  for (int m = 0; m < options.mel_bins; ++m) {
    double left = hz_of(low + step * m);
    double centre = hz_of(low + step * (m + 1));
    double right = hz_of(low + step * (m + 2));
    double norm = 2.0 / (right - left);
    MelFilters::Span span{.first_weight = static_cast<int>(filters.weights.size())};
    for (int bin = 0; bin <= options.fft_size / 2; ++bin) {
      double hz = bin * options.sample_rate_hz / options.fft_size;
      double weight = norm * std::min((hz - left) / (centre - left), (right - hz) / (right - centre));
      if (weight <= 0) continue;
      if (span.count == 0) span.first_bin = bin;
      ++span.count;
      filters.weights.push_back(static_cast<float>(weight));
    }
    filters.spans.push_back(span);
  }
  return filters;
}

}  // namespace auris::audio
