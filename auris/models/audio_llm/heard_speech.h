#pragma once
// What a whole speech model made of one recording, for a projector of words (ProjectorKind::kWords).

#include <cstdint>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris::models {

struct HeardSpeech {
  std::vector<int32_t> words = {};  // what was said, as tokens of the language model
  // [words, d_model] on the host: what the speech model's decoder thought where it wrote each of them.
  // Undefined for words that nobody heard, because they are known.
  Tensor states = {};
  // [n, stages * d_model] on the host: what the recording sounds like, behind each stage of the encoder.
  // Undefined for none.
  Tensor sound = {};

  int64_t rows() const { return (sound.defined() ? sound.rows() : 0) + static_cast<int64_t>(words.size()); }
};

}  // namespace auris::models
