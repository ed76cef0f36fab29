#pragma once
// Triangular mel filters on Slaney's scale with Slaney's area normalisation (librosa.filters.mel with its
// defaults, as used by Whisper): linear below 1 kHz, logarithmic above. Only the bins inside each triangle
// are kept.

#include <vector>

namespace auris::audio {

struct MelFilters {
  struct Span {
    int first_bin = 0;     // of the power spectrum
    int count = 0;         // bins with a weight other than 0
    int first_weight = 0;  // in `weights`
  };
  std::vector<Span> spans;  // one for each mel bin
  std::vector<float> weights;
};

struct MelOptions {
  int mel_bins = 80;
  int fft_size = 400;
  double sample_rate_hz = 16000;
  double low_hz = 0;
  double high_hz = 8000;
};

MelFilters slaney_mel_filters(const MelOptions& options);

}  // namespace auris::audio
