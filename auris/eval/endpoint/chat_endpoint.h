#pragma once
// A server that speaks the OpenAI protocol: vLLM, llama.cpp, Ollama, a vendor's. Answers chats whose turns
// may hold sound (input_audio parts with WAV in base64) and writes down recordings.
//
//   ChatEndpoint endpoint({.url = "http://127.0.0.1:8000/v1", .model = "qwen2-audio"});
//   endpoint.complete({.content = {{.text = "What is said?"}, {.wav = wav_bytes}}});

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auris/eval/endpoint/chat_reply.h"
#include "auris/http/retry.h"

namespace auris::eval {

struct EndpointOptions {
  std::string url = {};      // what comes before /chat/completions
  std::string model = {};    // its name there
  std::string api_key = {};  // sent as bearer token; in no message, log or file
  double timeout_s = 300;    // of one request
  http::RetryOptions retry = {};
  size_t max_reply_bytes = 4u << 20;
  std::function<bool()> cancelled = {};
};

// A piece of the user's turn: text, or sound as a WAV file.
struct ChatPart {
  std::string text = {};
  std::string wav = {};
};

// A turn that was before.
struct ChatTurn {
  std::string role = {};  // "user", "assistant"
  std::vector<ChatPart> content = {};
};

struct ChatRequest {
  std::string system = {};
  std::vector<ChatTurn> history = {};  // oldest first
  std::vector<ChatPart> content = {};  // of the user's turn
  int max_tokens = 256;
  double temperature = 0;
  std::optional<uint64_t> seed = {};
};

class ChatEndpoint {
 public:
  // kUsage for an address that is not http(s)://HOST..., holds a user, a query or a fragment, for an empty
  // model, or for a key that no header can hold.
  explicit ChatEndpoint(EndpointOptions options);

  const std::string& url() const { return options_.url; }  // without a slash at its end
  const std::string& model() const { return options_.model; }

  // Asked again while the server is busy or does not answer. kInput if the server refuses this request (400,
  // 413, 415, 422) or answers too much, kNetwork for every other status and for what is no answer,
  // kCancelled.
  ChatReply complete(const ChatRequest& request) const;
  // /audio/transcriptions by the model `model`; `language` may be empty. Errors as above.
  std::string transcribe(const std::string& wav, const std::string& model, const std::string& language) const;

 private:
  std::string send(http::Request request, const char* path) const;  // the body of a reply with status 200

  EndpointOptions options_;
};

}  // namespace auris::eval
