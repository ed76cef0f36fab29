#pragma once
// All that a recipe says about varying recordings, in the order in which it happens to real ones: speed,
// room, noise; masks of the features come last. What becomes of an example depends on its seed alone.

#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/tensor/tensor.h"
#include "auris/train/augment/augment_options.h"

namespace auris::train {

class Augmenter {
 public:
  // Reads the recordings of noise, at 16 kHz. kInput if one cannot be read or is silent.
  explicit Augmenter(const AugmentOptions& options);

  // From any thread.
  audio::AudioClip varied(const audio::AudioClip& clip, uint64_t seed) const;
  // mel [frames, bins], of which the first `sound_frames` hold sound.
  Tensor masked(const Tensor& mel, int64_t sound_frames, uint64_t seed) const;

 private:
  AugmentOptions options_;
  std::vector<std::vector<float>> noises_;
};

}  // namespace auris::train
