#pragma once
// A language model with all that is needed to talk to it: weights, tokenizer, chat template and the tokens that end a
// turn.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "auris/models/language/llama/llama.h"
#include "auris/text/chat_template/chat_template.h"
#include "auris/text/tokenizer.h"

namespace auris::engine {

struct Message {
  std::string role;  // "system", "user" or "assistant"
  std::string content;
};

struct LanguageModel {
  std::string name;
  std::shared_ptr<const models::Llama> llama;
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::shared_ptr<const text::ChatTemplate> chat_template;
  std::string bos_text, eos_text;           // what the template calls bos_token and eos_token
  std::vector<text::TokenId> end_of_turn;   // any of them ends an answer

  // The conversation as token ids, ready for the model's next turn. Throws kUsage for a role that is not known.
  std::vector<text::TokenId> prompt_of(const std::vector<Message>& messages) const;
};

// `location`: a GGUF file, or a folder with config.json, safetensors and tokenizer.json. Throws kModel.
std::shared_ptr<const LanguageModel> load_language_model(const std::filesystem::path& location, const std::string& name);

}  // namespace auris::engine
