#include <cmath>
#include <numbers>

#include "auris/audio/frontend/log_mel_kernel.h"

namespace auris::audio {

LogMelPlan make_log_mel_plan(int mel_bins) {
  LogMelPlan plan;
  plan.filters = slaney_mel_filters({.mel_bins = mel_bins});
  size_t place = 0;
  for (int n1 = 0; n1 < 16; ++n1) {
    for (int n2 = 0; n2 < 25; ++n2, ++place) {
      int sample = (25 * n1 + 16 * n2) % kWhisperFft;
      plan.order[place] = sample;
      plan.window[place] =
          static_cast<float>(0.5 - 0.5 * std::cos(2 * std::numbers::pi * sample / kWhisperFft));
    }
  }
  // Column c holds frequency kColumn[c] of the 25-point DFTs; see dft25_real. 16, 21, 17 and 22 stand for
  // their mirror images 9, 4, 8 and 3.
  constexpr std::array<int, 13> kColumn = {0, 5, 10, 1, 6, 11, 16, 21, 2, 7, 12, 17, 22};
  for (int k = 0; k < kWhisperFft; ++k) {
    for (size_t c = 0; c < kColumn.size(); ++c) {
      if (k % 25 == kColumn[c])
        plan.bin[c * 16 + static_cast<size_t>(k % 16)] = k <= 200 ? k : kWhisperFft - k;
    }
  }
  return plan;
}

}  // namespace auris::audio
