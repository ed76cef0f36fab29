#pragma once
// From a conversation to what a model reads. Training, evaluation and serving all come through here, so that
// a model sees in use what it saw in training.
//
//   Processor processor({.tokenizer = tokenizer, .chat_template = chat, .audio = model->config()});
//   ModelInput input = processor.prepare({{Role::kUser, {TextPart{"What is said?"}, AudioPart{clip}}}});
//
// Text of the messages is never parsed for control marks and never makes a place for a recording.
// Thread-safe.

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/processor/listener.h"
#include "auris/processor/message.h"
#include "auris/processor/model_input.h"
#include "auris/processor/prompt.h"

namespace auris::processor {

struct ProcessorParts {
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::optional<text::ChatTemplate> chat_template;  // not needed by LLaSO, whose prompt is fixed
  std::optional<models::AudioLlmConfig> audio;      // nullopt for a model that does not hear
  // Of a model that hears words; without one, only recordings whose words are known can be prepared.
  std::shared_ptr<const Listener> listener = {};
};

struct PrepareOptions {
  bool add_generation_prompt = true;  // end with the opening of the assistant's turn
};

// A conversation that ends with the answer which a model is to learn.
struct AnswerIds {
  ModelInput prompt;  // what prepare() gives for the turns before the answer
  // What the template writes behind the prompt. Both together are its whole conversation, token for token,
  // unless a token there reaches over the answer's beginning, as line breaks can: then the answer is cut into
  // tokens by itself, since that is how a model that was asked with this prompt would say it.
  std::vector<int32_t> answer;
  // The first of them are the model's to say: its words and the token that ends its turn. What a template
  // writes behind that (ChatML a line break) is only read.
  size_t targets = 0;
};

class Processor {
 public:
  // Throws kModel if a tokenizer lacks the marks its audio model needs, or if the encoder's window is not 30
  // s.
  explicit Processor(ProcessorParts parts);

  // Throws kUsage or kInput: a recording for a model that does not hear, or one that is too short; a chat
  // template that does not have as many places as there are recordings; a conversation the template refuses.
  ModelInput prepare(std::span<const Message> messages, const PrepareOptions& options = {}) const;

  // The same for training: `messages` end with an assistant's turn of text. Throws kUsage if they do not;
  // kInput as prepare() does, and if the turn cannot be told from the prompt: the template writes the turns
  // before it in another way (without their thoughts, say).
  AnswerIds answer_ids(std::span<const Message> messages) const;

  // Text as it is, without a template: each "<audio>" marks one of `clips`, in order. Throws kUsage if their
  // numbers differ. For scoring and research.
  ModelInput prepare_raw(std::string_view prompt, std::span<const Clip> clips = {}) const;

  // A user's turn of a question about recordings, in the order the model's makers use: LLaSO text, then
  // sound; Ultravox text, a blank, then sound; Qwen2-Audio sound, then text; a composed model sound, a line
  // break, then text, so that further questions about a recording find it in the cache.
  Message user_turn(std::string text, std::span<const Clip> clips) const;

  bool hears() const { return parts_.audio.has_value(); }
  const text::Tokenizer& tokenizer() const { return *parts_.tokenizer; }

 private:
  text::MarkedText render(std::span<const Message> messages, const PrepareOptions& options) const;
  std::string_view mark() const;
  PromptPieces pieces_of(std::span<const Message> messages, const PrepareOptions& options) const;
  // A template writes the beginning-of-text mark itself; LLaSO's prompt relies on the tokenizer for it.
  bool adds_bos() const;
  ModelInput assemble(const PromptPieces& pieces, std::span<const AudioPart> recordings, bool add_bos) const;
  void append_recording(const AudioPart& recording, ModelInput& input) const;

  ProcessorParts parts_;
  std::optional<audio::WhisperFrontend> frontend_;
};

// A turn as raw text has it: each "<audio>" in `prompt` marks one of `clips`, in order. Throws kUsage if
// their numbers differ.
Message turn_with_marks(Role role, std::string_view prompt, std::span<const Clip> clips);

}  // namespace auris::processor
