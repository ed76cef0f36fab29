#pragma once
// From what a speech model heard to the embedding space of a language model, by words: each is its own
// embedding there, and what the speech model's decoder thought at it is added through a linear map. A few
// rows of sound stand before them, for what words do not tell: voice, mood, music.
//
//   word   embedding + words(states_norm(state))
//   sound  sound_norm(sound(row))
//
// The map of the states begins at zero, so that an untrained projector reads a transcript, no worse than a
// cascade does, and training adds to that. Norms (RMS) keep both apart from the scale of a speech model's
// numbers, and rows of sound at that of the embeddings that they stand among.

#include "auris/models/projectors/projector.h"
#include "auris/nn/layers.h"

namespace auris::models {

class WordProjector {
 public:
  // Names below `parameters`: "states_norm.weight" [in], "words.weight" [out, in], "sound.weight" [out,
  // sound_in], "sound.bias" [out], "sound_norm.weight" [out]. Throws kModel.
  WordProjector(const ProjectorConfig& config, const nn::Parameters& parameters);

  // embedded [n, out], states [n, in] or undefined -> [n, out]
  Tensor words(const Tensor& embedded, const Tensor& states) const;
  // rows [n, sound_in] -> [n, out]
  Tensor sound(const Tensor& rows) const { return sound_norm_.forward(sound_.forward(rows)); }

 private:
  nn::Linear words_, sound_;
  nn::RmsNorm states_norm_, sound_norm_;
};

}  // namespace auris::models
