#pragma once
// A language model with all that is needed to talk to it: weights, tokenizer, chat template and the tokens
// that end a turn. One that hears has the audio language model around it too.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "auris/engine/message.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/processor/processor.h"

namespace auris::engine {

struct LanguageModel {
  std::string name;
  Device device = Device::kCpu;  // where it computes
  std::shared_ptr<const models::Llama> llama;
  std::shared_ptr<const models::AudioLlm>
      ears;  // null for a model that reads text only; its language() is `llama`
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::shared_ptr<const processor::Processor> processor;
  std::shared_ptr<const processor::Listener> listener;  // null unless the model hears words
  std::vector<text::TokenId> end_of_turn;               // any of them ends an answer

  bool hears() const { return ears != nullptr; }

  // The conversation as rows, ready for the model's next turn. Recordings of a user's turn stand beside its
  // text as the model's makers place them (processor::Processor::user_turn). Throws kUsage for a role that is
  // not known, and for recordings if the model does not hear.
  processor::ModelInput prompt_of(const std::vector<Message>& messages) const;
  // The same turns, before they are rows.
  std::vector<processor::Message> turns_of(const std::vector<Message>& messages) const;
};

// `location`: a GGUF file, a folder with config.json, safetensors and tokenizer.json, or the folder of an
// audio language model (docs/audio_models.md). `options`: as load_audio_llm or load_llama take them.
// `listening`: where the speech model of one that hears words computes, which training leaves on the cpu.
// Throws kModel.
std::shared_ptr<const LanguageModel> load_language_model(const std::filesystem::path& location,
                                                         const std::string& name,
                                                         const nn::LoadOptions& options = {},
                                                         Device listening = Device::kCpu);

}  // namespace auris::engine
