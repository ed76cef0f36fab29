#include "auris/train/augment/spec_augment.h"

#include <algorithm>

#include "auris/base/rng.h"

namespace auris::train {
namespace {

struct Stretch {
  int64_t begin = 0, count = 0;
};

// Of 0 to `longest` places among `places`.
Stretch drawn(Rng& rng, int64_t longest, int64_t places) {
  Stretch stretch;
  stretch.count = static_cast<int64_t>(rng.below(static_cast<uint64_t>(std::min(longest, places)) + 1));
  stretch.begin = static_cast<int64_t>(rng.below(static_cast<uint64_t>(places - stretch.count) + 1));
  return stretch;
}

}  // namespace

Tensor spec_augmented(const Tensor& mel, int64_t sound_frames, const SpecAugmentOptions& options,
                      uint64_t seed) {
  const int64_t bins = mel.cols();
  AURIS_CHECK(sound_frames >= 0 && sound_frames <= mel.rows());
  Tensor out = Tensor::from(mel.span<float>(), mel.shape());
  if (sound_frames == 0) return out;
  float* values = out.data<float>();
  double sum = 0;
  for (int64_t i = 0; i < sound_frames * bins; ++i) sum += values[i];
  const auto mean = static_cast<float>(sum / static_cast<double>(sound_frames * bins));
  Rng rng(seed);
  const auto longest = static_cast<int64_t>(options.max_time_share * static_cast<double>(sound_frames));
  for (int64_t mask = 0; mask < options.time_masks; ++mask) {
    const Stretch frames = drawn(rng, longest, sound_frames);
    std::fill_n(values + frames.begin * bins, frames.count * bins, mean);
  }
  for (int64_t mask = 0; mask < options.frequency_masks; ++mask) {
    const Stretch band = drawn(rng, options.max_frequency_bins, bins);
    for (int64_t frame = 0; frame < sound_frames; ++frame)
      std::fill_n(values + frame * bins + band.begin, band.count, mean);
  }
  return out;
}

}  // namespace auris::train
