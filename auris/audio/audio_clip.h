#pragma once
// Sound in memory: mono f32 samples, nominally in [-1, 1].

#include <vector>

namespace auris::audio {

struct AudioClip {
  std::vector<float> samples;
  int sample_rate_hz = 16000;

  double duration_s() const { return static_cast<double>(samples.size()) / sample_rate_hz; }
};

}  // namespace auris::audio
