#include "auris/eval/endpoint/chat_endpoint.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/log.h"
#include "auris/text/base64.h"

namespace auris::eval {
namespace {

using nlohmann::ordered_json;

[[noreturn]] void fail_usage(const std::string& expected, const std::string& got, const std::string& hint) {
  throw Error(ErrorCode::kUsage, {.where = "endpoint", .expected = expected, .got = got, .hint = hint});
}

bool is_here(std::string_view host) {
  return host.starts_with("127.0.0.1") || host.starts_with("localhost") || host.starts_with("[::1]");
}

// Without slashes at its end.
std::string checked_url(std::string url) {
  const bool plain = url.starts_with("http://"), secure = url.starts_with("https://");
  const size_t host = plain ? 7 : 8;
  if ((!plain && !secure) || url.size() <= host || url[host] == '/') {
    fail_usage("an address http://HOST/v1 or https://HOST/v1", quoted(url, 300), "");
  }
  const bool clean = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; });
  if (!clean || url.find_first_of("?#@") != std::string::npos) {
    fail_usage("an address of host and path only", "one with a user, a query, a fragment or odd characters",
               "a key belongs into the environment: --api-key-env");
  }
  while (url.ends_with('/')) url.pop_back();
  return url;
}

ordered_json content_of(const std::vector<ChatPart>& parts) {
  const bool text_only = std::ranges::all_of(parts, [](const ChatPart& part) { return part.wav.empty(); });
  if (text_only) {  // servers without ears often know no parts
    std::string text;
    for (const ChatPart& part : parts) text += part.text;
    return text;
  }
  ordered_json list = ordered_json::array();
  for (const ChatPart& part : parts) {
    if (!part.text.empty()) list.push_back({{"type", "text"}, {"text", part.text}});
    if (part.wav.empty()) continue;
    list.push_back(
        {{"type", "input_audio"}, {"input_audio", {{"data", text::to_base64(part.wav)}, {"format", "wav"}}}});
  }
  return list;
}

std::string without(std::string text, const std::string& secret) {
  constexpr std::string_view kMask = "***";
  if (secret.empty()) return text;
  for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += kMask.size()) {
    text.replace(at, secret.size(), kMask);
  }
  return text;
}

std::string hint_for(long status) {
  if (status == 401 || status == 403) return "the key is missing or wrong: --api-key-env names its variable";
  if (status == 404) return "check the address (it usually ends in /v1) and the model's name";
  if (status >= 300 && status < 400) return "give the address that this one leads to";
  return "";
}

bool refuses_the_request(long status) {
  return status == 400 || status == 413 || status == 415 || status == 422;
}

}  // namespace

ChatEndpoint::ChatEndpoint(EndpointOptions options) : options_(std::move(options)) {
  options_.url = checked_url(options_.url);
  if (options_.model.empty()) fail_usage("the name of the endpoint's model", "none", "--endpoint-model");
  if (!std::ranges::all_of(options_.api_key, [](char c) { return c > ' ' && c < 0x7f; })) {
    fail_usage("a key of printable characters", "others", "check the variable that --api-key-env names");
  }
  if (!options_.api_key.empty() && options_.url.starts_with("http://") &&
      !is_here(std::string_view(options_.url).substr(7))) {
    log(LogLevel::kWarning, "the key goes to {} without encryption", options_.url);
  }
}

std::string ChatEndpoint::send(http::Request request, const char* path) const {
  request.url = options_.url + path;
  request.bearer_token = options_.api_key;
  request.max_body_bytes = options_.max_reply_bytes;
  request.timeout_s = options_.timeout_s;
  request.cancelled = options_.cancelled;
  http::Reply reply = http::send_with_retries(request, options_.retry);
  if (reply.status == 200) return std::move(reply.body);
  throw Error(refuses_the_request(reply.status) ? ErrorCode::kInput : ErrorCode::kNetwork,
              {.where = "endpoint",
               .expected = "an answer from " + quoted(request.url, 300),
               .got = fmt::format("status {}: {}", reply.status,
                                  server_message(without(reply.body, options_.api_key))),
               .hint = hint_for(reply.status)});
}

ChatReply ChatEndpoint::complete(const ChatRequest& request) const {
  ordered_json messages = ordered_json::array();
  if (!request.system.empty()) messages.push_back({{"role", "system"}, {"content", request.system}});
  for (const ChatTurn& turn : request.history)
    messages.push_back({{"role", turn.role}, {"content", content_of(turn.content)}});
  messages.push_back({{"role", "user"}, {"content", content_of(request.content)}});
  ordered_json body = {{"model", options_.model},
                       {"messages", messages},
                       {"max_tokens", request.max_tokens},
                       {"temperature", request.temperature}};
  if (request.seed) body["seed"] = *request.seed;
  return chat_reply_from(send({.json_body = json_line(body)}, "/chat/completions"));
}

std::string ChatEndpoint::transcribe(const std::string& wav, const std::string& model,
                                     const std::string& language) const {
  std::vector<http::FormPart> form = {
      {.name = "model", .content = model},
      {.name = "response_format", .content = "json"},
      {.name = "temperature", .content = "0"},
      {.name = "file", .content = wav, .file_name = "recording.wav", .content_type = "audio/wav"}};
  if (!language.empty()) form.push_back({.name = "language", .content = language});
  return transcription_from(send({.form = std::move(form)}, "/audio/transcriptions"));
}

}  // namespace auris::eval
