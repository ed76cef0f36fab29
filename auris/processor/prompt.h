#pragma once
// A conversation as the text of a prompt, with a mark where each recording goes. Only marks in trusted text
// count, so nothing a user types can make one.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/processor/message.h"
#include "auris/text/chat_template/chat_template.h"
#include "auris/text/tokenizer.h"

namespace auris::processor {

// The text of one prompt, cut at the marks: a recording goes between pieces[i] and pieces[i + 1].
using PromptPieces = std::vector<text::MarkedText>;

// Cuts at every `mark` that lies within trusted text.
PromptPieces cut_at(const text::MarkedText& prompt, std::string_view mark);

// How recordings are told to a chat template.
enum class AudioContent {
  kNone,    // the model does not hear: a recording is a kUsage error
  kInline,  // the mark stands in the text of the turn (Ultravox)
  kParts,   // the turn's content is a list with {"type": "audio"}; the template writes the mark (Qwen2-Audio)
};

struct TemplatePrompt {
  const text::ChatTemplate* chat_template = nullptr;
  AudioContent audio = AudioContent::kNone;
  std::string mark;
  bool add_generation_prompt = true;
  std::string bos_token, eos_token;
};
text::MarkedText render_with_template(std::span<const Message> messages, const TemplatePrompt& options);

// LLaSO's own prompt, byte for byte (reference: its model_eval.py and conversation.py; the missing blank in
// the system text is part of it). A system message replaces the default one.
inline constexpr std::string_view kLlasoMark = "<audio>";
text::MarkedText render_llaso(std::span<const Message> messages, bool add_generation_prompt);

}  // namespace auris::processor
