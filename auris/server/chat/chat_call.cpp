#include "auris/server/chat/chat_call.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/generate/grammar/json_grammar.h"
#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

using nlohmann::json;

constexpr size_t kMostMessages = 4096;
constexpr size_t kMostRecordings = 64;
constexpr size_t kMostStops = 16;
constexpr int64_t kMostAnswers = 16;
constexpr int64_t kMostTokens = 1 << 20;
constexpr size_t kMostFormKeys = 10'000;  // objects in order look for each key among all before

constexpr std::array<std::pair<std::string_view, processor::Role>, 5> kRoles = {{
    {"system", processor::Role::kSystem},
    {"developer", processor::Role::kSystem},
    {"user", processor::Role::kUser},
    {"assistant", processor::Role::kAssistant},
    {"tool", processor::Role::kTool},
}};

processor::Role role_of(const JsonFields& message) {
  const std::string role = message.text("role");
  for (const auto& [name, known] : kRoles) {
    if (name == role) return known;
  }
  message.fail("role", "system, developer, user, assistant or tool", quoted(role));
}

// messages[0].content[1].input_audio.data
std::string param_of(const std::string& message, size_t part, const char* field) {
  return fmt::format("{}.content[{}].{}", message, part, field);
}

processor::Part part_of(const JsonFields& part, const std::string& message, size_t index,
                        const RecordingReader& recordings) {
  const std::string type = part.text("type");
  if (type == "text" || type == "input_text" || type == "output_text")
    return processor::TextPart{part.text("text")};
  if (type == "refusal") return processor::TextPart{part.text("refusal")};
  if (type == "input_audio") {
    const JsonFields audio = part.object("input_audio");
    if (const auto url = audio.optional_text("url"))
      return processor::AudioPart{recordings.from_url(*url, param_of(message, index, "input_audio.url"))};
    const json& data = audio.value("data");
    if (!data.is_string()) audio.fail("data", "a recording in base64", "none");
    return processor::AudioPart{recordings.from_base64(data.get_ref<const std::string&>(),
                                                       param_of(message, index, "input_audio.data"),
                                                       audio.text("format", ""))};
  }
  if (type == "audio_url") {
    const json& given = part.value("audio_url");
    const std::string url =
        given.is_string() ? given.get<std::string>() : part.object("audio_url").text("url");
    return processor::AudioPart{recordings.from_url(url, param_of(message, index, "audio_url.url"))};
  }
  part.fail("type", "text, input_audio or audio_url", quoted(type),
            "this server takes text and recordings only");
}

bool has_recording(const processor::Message& message) {
  for (const processor::Part& part : message.parts) {
    if (std::holds_alternative<processor::AudioPart>(part)) return true;
  }
  return false;
}

processor::Message message_of(const JsonFields& fields, const std::string& name,
                              const RecordingReader& recordings) {
  processor::Message message{.role = role_of(fields), .parts = {}};
  if (fields.has("audio")) {
    fields.fail("audio", "no spoken reply", "the id of one",
                "this server writes its answers: send their text as content");
  }
  if (fields.has("tool_calls") && !fields.list("tool_calls").empty())
    fields.fail("tool_calls", "none", "some", "this server calls no tools");
  const json& content = fields.value("content");
  if (content.is_array()) {
    for (size_t i = 0; i < content.size(); ++i) {
      const JsonFields part(content[i], fmt::format("{}: 'content[{}]'", fields.where(), i),
                            ErrorCode::kUsage);
      message.parts.push_back(part_of(part, name, i, recordings));
    }
  } else if (content.is_string() || message.role != processor::Role::kAssistant) {
    message.parts.push_back(processor::TextPart{fields.text("content")});
  }
  if (message.role != processor::Role::kUser && has_recording(message))
    fields.fail("content", "text", "a recording", "only users speak");
  return message;
}

std::vector<std::string> stops_of(const JsonFields& request) {
  const json& stop = request.value("stop");
  if (stop.is_string()) return {stop.get<std::string>()};
  std::vector<std::string> stops;
  if (stop.is_null()) return stops;
  for (const json& text : request.list("stop")) {
    if (!text.is_string() || text.get_ref<const std::string&>().empty())
      request.fail("stop", "texts that are not empty", "something else");
    stops.push_back(text.get<std::string>());
  }
  if (stops.size() > kMostStops)
    request.fail("stop", fmt::format("at most {} texts", kMostStops), fmt::format("{}", stops.size()));
  return stops;
}

std::vector<std::pair<generate::TokenId, float>> biases_of(const JsonFields& request) {
  std::vector<std::pair<generate::TokenId, float>> biases;
  if (!request.has("logit_bias")) return biases;
  const JsonFields given = request.object("logit_bias");
  for (const auto& [key, value] : given.json().items()) {
    generate::TokenId token = 0;
    const char* end = key.data() + key.size();
    if (const auto [read, error] = std::from_chars(key.data(), end, token);
        read != end || error != std::errc() || key.empty())
      request.fail("logit_bias", "ids of tokens", quoted(key));
    biases.emplace_back(token, static_cast<float>(given.number(key, {.min = -100, .max = 100})));
  }
  return biases;
}

// "max_completion_tokens", or its older name.
int most_tokens_of(const JsonFields& request, const ChatDefaults& defaults) {
  const char* key = request.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
  return static_cast<int>(request.integer(key, {.min = 1, .max = kMostTokens}, defaults.most_tokens));
}

float number_of(const JsonFields& request, const char* key, JsonFields::NumberRange range, float fallback) {
  return static_cast<float>(request.number(key, range, fallback));
}

generate::SamplingOptions sampling_of(const JsonFields& request, const ChatDefaults& defaults) {
  constexpr double kMost = std::numeric_limits<int32_t>::max();
  generate::SamplingOptions sampling;
  sampling.temperature = number_of(request, "temperature", {.min = 0, .max = 2}, defaults.temperature);
  sampling.top_p = number_of(request, "top_p", {.min = 0, .max = 1}, 1);
  if (sampling.top_p == 0) sampling.top_k = 1, sampling.top_p = 1;
  sampling.top_k = static_cast<int32_t>(
      request.integer("top_k", {.min = -1, .max = static_cast<int64_t>(kMost)}, sampling.top_k));
  sampling.top_k = std::max(0, sampling.top_k);
  sampling.min_p = number_of(request, "min_p", {.min = 0, .max = 1}, 0);
  const char* penalty = request.has("repetition_penalty") ? "repetition_penalty" : "repeat_penalty";
  sampling.repetition_penalty = number_of(request, penalty, {.min = 0.01, .max = 10}, 1);
  sampling.frequency_penalty = number_of(request, "frequency_penalty", {.min = -2, .max = 2}, 0);
  sampling.presence_penalty = number_of(request, "presence_penalty", {.min = -2, .max = 2}, 0);
  sampling.logit_bias = biases_of(request);
  return sampling;
}

// What this server cannot do yet must not be passed over: the answer would not be what was asked for.
void refuse_unsupported(const JsonFields& request) {
  if (request.has("tools") && !request.list("tools").empty())
    request.fail("tools", "none", "some", "this server calls no tools");
  if (request.has("modalities")) {
    for (const json& modality : request.list("modalities")) {
      if (modality != "text")
        request.fail("modalities", "[\"text\"]", "another one", "no model that speaks is loaded");
    }
  }
}

// The body's response_format alone, parsed again with its keys in the order they came in.
nlohmann::ordered_json ordered_format(const JsonFields& request, std::string_view body) {
  using Event = nlohmann::ordered_json::parse_event_t;
  size_t keys = 0;
  bool is_within = false;
  const auto take = [&](int depth, Event event, const nlohmann::ordered_json& value) {
    if (event != Event::key) return true;
    if (depth == 1) is_within = value == "response_format";
    if (is_within && ++keys > kMostFormKeys)
      request.fail("response_format", fmt::format("at most {} keys", kMostFormKeys), "more");
    return is_within;
  };
  return nlohmann::ordered_json::parse(body, take).at("response_format");
}

// Properties are written in the order in which the schema names them.
std::optional<generate::TextGrammar> form_of(const JsonFields& request, std::string_view body) {
  if (!request.has("response_format")) return std::nullopt;
  const JsonFields format = request.object("response_format");
  const std::string type = format.text("type");
  if (type == "text") return std::nullopt;
  if (type == "json_object") return generate::json_object_grammar();
  if (type != "json_schema") format.fail("type", "text, json_object or json_schema", quoted(type));
  const JsonFields given = format.object("json_schema");
  if (!given.has("schema")) return generate::json_object_grammar();
  return generate::json_schema_grammar(ordered_format(request, body).at("json_schema").at("schema"),
                                       fmt::format("{}: 'schema'", given.where()));
}

}  // namespace

std::vector<processor::Message> parse_messages(const json& messages, const std::string& where,
                                               const RecordingReader& recordings) {
  std::vector<processor::Message> turns;
  size_t clips = 0;
  for (size_t i = 0; i < messages.size(); ++i) {
    const std::string name = fmt::format("messages[{}]", i);
    const JsonFields fields(messages[i], fmt::format("{}: '{}'", where, name), ErrorCode::kUsage);
    turns.push_back(message_of(fields, name, recordings));
    for (const processor::Part& part : turns.back().parts)
      clips += std::holds_alternative<processor::AudioPart>(part) ? 1 : 0;
    if (clips > kMostRecordings || turns.size() > kMostMessages) {
      throw ApiError(
          {.message = fmt::format("More than {} messages or {} recordings.", kMostMessages, kMostRecordings),
           .param = "messages"});
    }
  }
  if (turns.empty() || turns.back().role != processor::Role::kUser) {
    if (turns.empty() || turns.back().role != processor::Role::kTool) {
      throw ApiError(
          {.message = "The last message must be the user's: the model answers it.", .param = "messages"});
    }
  }
  return turns;
}

ChatCall parse_chat_call(std::string_view body, const RecordingReader& recordings,
                         const ChatDefaults& defaults) {
  const json parsed = parse_json(body, "request", ErrorCode::kUsage, kBodyLimits);
  const JsonFields request(parsed, "request", ErrorCode::kUsage);
  refuse_unsupported(request);
  ChatCall call;
  call.model = request.text("model", "");
  call.options.sampling = sampling_of(request, defaults);
  call.options.max_tokens = most_tokens_of(request, defaults);
  call.options.stop = stops_of(request);
  call.form = form_of(request, body);
  call.has_seed = request.has("seed");
  // Any 64 bits will do as a seed; clients send negative ones, too.
  call.options.sampling.seed = static_cast<uint64_t>(request.integer(
      "seed", {.min = std::numeric_limits<int64_t>::min(), .max = std::numeric_limits<int64_t>::max()}, 0));
  call.logprobs = request.flag("logprobs", false);
  const int64_t top = request.integer("top_logprobs", {.min = 0, .max = 20}, 0);
  if (call.logprobs) call.options.sampling.top_logprobs = static_cast<int32_t>(top);
  call.answers = static_cast<int>(request.integer("n", {.min = 1, .max = kMostAnswers}, 1));
  call.stream = request.flag("stream", false);
  if (request.has("stream_options"))
    call.include_usage = request.object("stream_options").flag("include_usage", false);
  call.turns = parse_messages(request.list("messages"), "request", recordings);
  return call;
}

}  // namespace auris::server
