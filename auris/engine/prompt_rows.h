#pragma once
// A prompt of text and sound as rows of embeddings, computed as they are asked for: each window of a
// recording goes through the encoder when its first row is wanted, and its rows are forgotten behind it. What
// the cache of a session remembers is never computed.

#include <vector>

#include "auris/engine/language_model.h"

namespace auris::engine {

class PromptRows {
 public:
  // References must outlive the object.
  PromptRows(const LanguageModel& model, const processor::ModelInput& input);

  // Rows [begin, begin + count) -> [count, hidden]. Calls go forward: `begin` never decreases.
  Tensor rows(int64_t begin, int64_t count);

 private:
  // What is computed at once: a window of sound, or the words of a recording.
  struct Window {
    int64_t begin = 0, end = 0;  // its rows in the prompt
    Tensor rows = {};            // [end - begin, hidden] once computed
  };

  Tensor computed(size_t window) const;

  const LanguageModel& model_;
  const processor::ModelInput& input_;
  std::vector<Window> windows_;
};

}  // namespace auris::engine
