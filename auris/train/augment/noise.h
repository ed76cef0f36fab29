#pragma once
// Noise behind a recording, made or recorded.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/train/augment/augment_options.h"

namespace auris::train {

// Gaussian noise with mean power 1 whose spectrum falls by 0 (white), 3 (pink) or 6 dB (brown) an octave
// between 20 Hz and a quarter of the sampling rate.
std::vector<float> coloured_noise(NoiseColour colour, size_t samples, int sample_rate_hz, uint64_t seed);

// clip + g * noise, with g such that the powers of clip and noise, over the whole clip, have the ratio
// `snr_db`. The noise begins at a place chosen by the seed and goes round. A silent clip or noise, or none,
// leaves the clip as it is.
audio::AudioClip with_noise(const audio::AudioClip& clip, std::span<const float> noise, double snr_db,
                            uint64_t seed);

}  // namespace auris::train
