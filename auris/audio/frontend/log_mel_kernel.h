#pragma once
// The inner loop of the Whisper front end: windowed 400-point real DFT, power, sparse mel, log10. SIMD with
// run-time dispatch; a vector holds the same element of as many frames as it has lanes, so nothing is ever
// shuffled.
//
// 400 = 16 * 25 and the two have no common factor, so the prime-factor algorithm (Good 1958, Thomas 1963)
// splits the DFT into 16 real DFTs of 25 points and 13 complex DFTs of 16 points without twiddle factors
// between them; their 208 results are the 201 bins of the power spectrum (7 of them twice), without the usual
// untangling of a real-input FFT.

#include <array>
#include <cstdint>

#include "auris/audio/frontend/mel_filters.h"

namespace auris::audio {

constexpr int kWhisperFft = 400;
constexpr int kWhisperHop = 160;
constexpr int kLogMelGroup = 16;  // frames are computed in groups of at most this many

struct LogMelPlan {
  MelFilters filters;
  std::array<float, kWhisperFft> window;  // periodic Hann, in the order in which the DFT takes its input
  std::array<int32_t, kWhisperFft>
      order;                         // sample of the frame at place 25 * n1 + n2: (25 n1 + 16 n2) mod 400
  std::array<int32_t, 13 * 16> bin;  // power bin of result [column][k1] of the second step
};
LogMelPlan make_log_mel_plan(int mel_bins);

// out[f][m] = log10(max(1e-10, mel m of frame f)) for `frames` frames; frame f is samples[160 f, 160 f +
// 400). Memory must be readable for `frames` rounded up to a multiple of kLogMelGroup.
void log_mel_rows(const LogMelPlan& plan, const float* samples, int64_t frames, float* out);

}  // namespace auris::audio
