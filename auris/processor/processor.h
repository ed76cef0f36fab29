#pragma once
// From a conversation to what a model reads. Training, evaluation and serving all come through here, so that a model sees
// in use what it saw in training.
//
//   Processor processor({.tokenizer = tokenizer, .chat_template = chat, .audio = model->config()});
//   ModelInput input = processor.prepare({{Role::kUser, {TextPart{"What is said?"}, AudioPart{clip}}}});
//
// Text of the messages is never parsed for control marks and never makes a place for a recording. Thread-safe.

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/processor/message.h"
#include "auris/processor/model_input.h"
#include "auris/processor/prompt.h"

namespace auris::processor {

struct ProcessorParts {
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::optional<text::ChatTemplate> chat_template;  // not needed by LLaSO, whose prompt is fixed
  std::optional<models::AudioLlmConfig> audio;      // nullopt for a model that does not hear
};

struct PrepareOptions {
  bool add_generation_prompt = true;  // end with the opening of the assistant's turn
};

class Processor {
 public:
  // Throws kModel if a tokenizer lacks the marks its audio model needs, kUsage if there is no chat template.
  explicit Processor(ProcessorParts parts);

  // Throws kUsage or kInput: a recording for a model that does not hear, or one that is too short; a chat template that
  // does not have as many places as there are recordings; a conversation the template refuses.
  ModelInput prepare(std::span<const Message> messages, const PrepareOptions& options = {}) const;

  // Text as it is, without a template: each "<audio>" marks one of `clips`, in order. Throws kUsage if their numbers
  // differ. For scoring and research.
  ModelInput prepare_raw(std::string_view prompt,
                         std::span<const std::shared_ptr<const audio::AudioClip>> clips = {}) const;

  const text::Tokenizer& tokenizer() const { return *parts_.tokenizer; }

 private:
  text::MarkedText render(std::span<const Message> messages, const PrepareOptions& options) const;
  std::string_view mark() const;
  ModelInput assemble(const PromptPieces& pieces, std::span<const std::shared_ptr<const audio::AudioClip>> clips,
                      bool add_bos) const;

  ProcessorParts parts_;
  std::optional<audio::WhisperFrontend> frontend_;
};

}  // namespace auris::processor
