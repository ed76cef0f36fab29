#pragma once
// Chat templates: the Jinja programs that published language models carry to turn a conversation into their
// prompt.
//
//   auto chat = ChatTemplate::parse(source);              // from tokenizer_config.json or GGUF metadata
//   MarkedText prompt = chat.render(messages, {.add_generation_prompt = true, .eos_token = "<|im_end|>"});
//
// The reference is transformers' apply_chat_template (jinja2, immutable sandbox, trim_blocks, lstrip_blocks,
// loop controls, {% generation %}); results are byte-identical to it. What is left out says so when it is
// reached: template inheritance, include/import, recursive loops, %-formatting, and the filters and methods
// chat templates do not use.
//
// Goals: - Text keeps its origin. What the template wrote is trusted, what came from the data is not, through
// every
//          operation; so "<|im_end|>" typed by a user never becomes a special token.
//        - A template is a program from a stranger: steps, text, output and nesting are bounded, and it can
//        reach
//          nothing but the data it was given.
// A ChatTemplate is immutable: one may be rendered by many threads at once.

#include <ctime>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/text/chat_template/limits.h"
#include "auris/text/tokenizer.h"

namespace auris::text {

struct RenderOptions {
  bool add_generation_prompt = false;
  std::string bos_token = "";  // trusted, like everything in special_tokens
  std::string eos_token = "";
  std::map<std::string, std::string> special_tokens = {};  // further names, e.g. {"image_token", "<image>"}

  nlohmann::ordered_json tools = nullptr;      // an array of JSON schemas; null = none
  nlohmann::ordered_json documents = nullptr;  // an array of objects; null = none
  nlohmann::ordered_json variables =
      nullptr;  // an object: further variables, e.g. {"enable_thinking": false}; untrusted text

  // Keys of a message whose text is trusted. The caller makes sure that it chose these values itself (known
  // roles).
  std::vector<std::string> trusted_keys = {"role"};
  // Text of mixed origin inside the messages, by JSON pointer ("/0/content"): replaces the string found
  // there. For marks such as <|audio|> that Auris itself puts into a user's turn.
  std::map<std::string, MarkedText> marked = {};

  std::optional<std::tm> now = std::nullopt;  // what strftime_now() sees; nullopt = the local time
  RenderLimits limits = {};
};

namespace jinja {
struct Program;
}

class ChatTemplate {
 public:
  // Throws kModel with the line if `source` is no valid template or is too large or too deeply nested.
  static ChatTemplate parse(std::string source);

  // `messages`: an array of objects with "role" and "content" (a string or a list of parts). Throws kModel if
  // the template fails or passes a limit; kInput if the conversation is refused by the template
  // (raise_exception) or is malformed.
  MarkedText render(const nlohmann::ordered_json& messages, const RenderOptions& options = {}) const;

  const std::string& source() const { return *source_; }

 private:
  ChatTemplate(std::shared_ptr<const std::string> source, std::shared_ptr<const jinja::Program> program)
      : source_(std::move(source)), program_(std::move(program)) {}

  std::shared_ptr<const std::string> source_;
  std::shared_ptr<const jinja::Program> program_;
};

// Templates for models whose files carry none: "chatml", "smollm2", "llama3", "qwen2", "gemma", "mistral".
// nullopt for any other name.
std::optional<std::string_view> builtin_chat_template(std::string_view name);
std::vector<std::string_view> builtin_chat_template_names();

}  // namespace auris::text
