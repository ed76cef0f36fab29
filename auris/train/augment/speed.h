#pragma once
// A recording played faster or slower, with its pitch (Ko and others 2015).

#include "auris/audio/audio_clip.h"

namespace auris::train {

// Lasts duration / factor, to a sample: samples / factor, rounded. kUsage unless the factor lies in 0.1
// to 10.
audio::AudioClip with_speed(const audio::AudioClip& clip, double factor);

}  // namespace auris::train
