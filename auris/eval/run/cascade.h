#pragma once
// The systems that a speech language model is to be compared with: a recognizer and a language model in a
// row, and the same language model with what was truly said (the oracle), which shows what hearing costs.

#include <memory>
#include <optional>
#include <string>

#include "auris/engine/engine.h"
#include "auris/eval/run/label_choice.h"
#include "auris/eval/run/system.h"

namespace auris::eval {

struct CascadeOptions {
  bool oracle = false;  // texts of the items instead of recognition
  int32_t max_tokens = 96;
  int beam_size = 5;
  std::optional<LabelLength> constrained = {};  // closed questions: choose from the labels
};

// The engine's speech and language models, greedy. Where a read instruction asks for the words or for their
// English translation, the recognizer's text is the answer (the oracle's is what was said; it cannot
// translate by itself, so its language model does).
std::unique_ptr<System> make_cascade(std::shared_ptr<engine::Engine> engine,
                                     const CascadeOptions& options = {});

// All that the recording of the item's last turn holds in words: the instruction, if it is spoken, and the
// clip, if it is there.
std::string spoken_words(const data::Item& item);

// A turn of the user with words in place of the recording, if it has one.
std::string heard_prompt(const std::string& turn, const std::string& heard);

}  // namespace auris::eval
