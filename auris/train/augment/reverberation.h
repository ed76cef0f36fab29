#pragma once
// A room that is not there: the sound itself, and a tail of noise that dies away exponentially.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/audio/audio_clip.h"

namespace auris::train {

struct Room {
  double decay_s = 0.3;          // until the tail is 60 dB weaker; 0.001 to 10
  double direct_to_tail_db = 6;  // energy of the direct sound over that of the tail
  uint64_t seed = 0;             // of the tail
};

// 1 at sample 0, then noise under exp(-6.9 t / decay_s), as long as it takes to fall by 60 dB. kUsage for a
// decay outside its range.
std::vector<float> room_response(const Room& room, int sample_rate_hz);

// As long as the clip, with the same mean power: silence stays silence.
audio::AudioClip reverberated(const audio::AudioClip& clip, const Room& room);

}  // namespace auris::train
