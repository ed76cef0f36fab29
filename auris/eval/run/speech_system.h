#pragma once
// A language model that hears, under test: its own ears, no transcript in between.

#include <memory>
#include <optional>

#include "auris/engine/engine.h"
#include "auris/eval/run/label_choice.h"

namespace auris::eval {

struct SpeechOptions {
  int32_t max_tokens = 96;
  std::optional<LabelLength> constrained = {};  // closed questions: choose from the labels
};

// The engine's language model, greedy; kModel if it does not hear. The recording stands beside the text of
// the item's prompt where the model's makers place recordings, as in `auris ask`.
std::unique_ptr<System> make_speech(std::shared_ptr<engine::Engine> engine,
                                    const SpeechOptions& options = {});

}  // namespace auris::eval
