#pragma once
// A speech model that a language model hears through by words: what was said in a recording, what the model
// thought at each of its tokens, and what the recording sounds like.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "auris/processor/message.h"
#include "auris/tensor/tensor.h"

namespace auris::processor {

struct Recognition {
  std::string text = {};                // empty if nobody speaks
  std::vector<size_t> token_ends = {};  // for each token of the speech model: bytes of `text` up to its end
  Tensor states = {};                   // [tokens, d_model]; undefined if the words are known without hearing
  // [pooled rows, stages * d_model]: over a stretch the mean of the encoder's rows behind each of its stages,
  // each brought to a mean of 0 and a variance of 1. Undefined for none.
  Tensor sound = {};
};

class Listener {
 public:
  virtual ~Listener() = default;

  // Thread-safe. Throws what transcribing throws.
  virtual std::shared_ptr<const Recognition> listen(const Clip& clip) const = 0;
};

}  // namespace auris::processor
