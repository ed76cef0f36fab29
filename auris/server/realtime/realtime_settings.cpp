#include "auris/server/realtime/realtime_settings.h"

#include <array>
#include <utility>

#include "auris/base/json_fields.h"
#include "auris/text/language_names.h"

namespace auris::server {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr JsonFields::IntegerRange kMilliseconds = {.min = 0, .max = 60'000};
constexpr JsonFields::IntegerRange kTokens = {.min = 1, .max = 1 << 20};
constexpr int kTelephoneRateHz = 8000;

constexpr std::array<std::pair<std::string_view, PcmFormat>, 7> kFormats = {{
    {"audio/pcm", {.encoding = PcmEncoding::kPcm16, .rate_hz = 24000}},
    {"audio/pcmu", {.encoding = PcmEncoding::kMulaw, .rate_hz = kTelephoneRateHz}},
    {"audio/pcma", {.encoding = PcmEncoding::kAlaw, .rate_hz = kTelephoneRateHz}},
    {"pcm16", {.encoding = PcmEncoding::kPcm16, .rate_hz = 24000}},  // these are the beta's
    {"g711_ulaw", {.encoding = PcmEncoding::kMulaw, .rate_hz = kTelephoneRateHz}},
    {"g711_alaw", {.encoding = PcmEncoding::kAlaw, .rate_hz = kTelephoneRateHz}},
    {"pcm", {.encoding = PcmEncoding::kPcm16, .rate_hz = 24000}},
}};

PcmFormat format_named(const JsonFields& fields, const char* key, const std::string& name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  fields.fail(key, "audio/pcm, audio/pcmu or audio/pcma", quoted(name));
}

// {"type": "audio/pcm", "rate": 24000}, or the name alone.
PcmFormat format_of(const JsonFields& fields, const char* key) {
  const json& given = fields.value(key);
  if (given.is_string()) return format_named(fields, key, given.get<std::string>());
  const JsonFields parts = fields.object(key);
  PcmFormat format = format_named(parts, "type", parts.text("type"));
  if (format.encoding == PcmEncoding::kPcm16) {
    format.rate_hz = static_cast<int>(parts.integer("rate", {.min = 8000, .max = 48000}, format.rate_hz));
  }
  return format;
}

// How long a turn may pause before it has ended, for who asks for a judgement that is not made here.
int patience_ms(const JsonFields& detection) {
  const std::string eagerness = detection.text("eagerness", "auto");
  if (eagerness == "low") return 1000;
  if (eagerness == "high") return 300;
  if (eagerness == "auto" || eagerness == "medium") return 600;
  detection.fail("eagerness", "low, medium, high or auto", quoted(eagerness));
}

TurnDetection detection_of(const JsonFields& detection) {
  const std::string type = detection.text("type", "server_vad");
  TurnDetection turns;
  if (type == "semantic_vad") {
    turns.options.silence_duration_ms = patience_ms(detection);
  } else if (type != "server_vad") {
    detection.fail("type", "server_vad or semantic_vad", quoted(type));
  }
  if (detection.has("idle_timeout_ms"))
    detection.fail("idle_timeout_ms", "null", "a time", "this server waits as long as the client listens");
  TurnOptions& options = turns.options;
  options.threshold =
      static_cast<float>(detection.number("threshold", {.min = 0.01, .max = 0.99}, options.threshold));
  options.prefix_padding_ms =
      static_cast<int>(detection.integer("prefix_padding_ms", kMilliseconds, options.prefix_padding_ms));
  options.silence_duration_ms =
      static_cast<int>(detection.integer("silence_duration_ms", kMilliseconds, options.silence_duration_ms));
  turns.create_response = detection.flag("create_response", true);
  turns.interrupt_response = detection.flag("interrupt_response", true);
  return turns;
}

TranscriptionSettings transcription_of(const JsonFields& fields) {
  TranscriptionSettings settings{.model = fields.text("model", ""), .prompt = fields.text("prompt", "")};
  if (const std::string given = fields.text("language", ""); !given.empty()) {
    settings.language = text::language_code(given);
    if (text::language_name(settings.language).empty())
      fields.fail("language", "the code of a language (ISO 639-1)", quoted(given));
  }
  if (fields.has("keywords")) {
    for (const json& word : fields.list("keywords")) {
      if (!word.is_string()) fields.fail("keywords", "words", "something else");
      settings.keywords += (settings.keywords.empty() ? "" : ", ") + word.get<std::string>();
    }
  }
  return settings;
}

void refuse_voice(const JsonFields& fields, const char* key) {
  if (!fields.has(key)) return;
  for (const json& modality : fields.list(key)) {
    if (modality != "text" && (modality != "audio" || fields.list(key).size() == 1))
      fields.fail(key, "[\"text\"]", quoted(modality.dump()), "no model that speaks is loaded");
  }
}

void refuse_tools(const JsonFields& fields) {
  if (fields.has("tools") && !fields.list("tools").empty())
    fields.fail("tools", "none", "some", "this server calls no tools");
}

// "inf", or a number.
std::optional<int> most_tokens_of(const JsonFields& fields, const char* key) {
  if (fields.value(key) == "inf") return std::nullopt;
  return static_cast<int>(fields.integer(key, kTokens));
}

// What one answer may have for itself, too.
void update_answer(RealtimeSettings& settings, const JsonFields& given) {
  refuse_voice(given, "output_modalities");
  refuse_voice(given, "modalities");
  refuse_tools(given);
  settings.instructions = given.text("instructions", settings.instructions);
  settings.temperature =
      static_cast<float>(given.number("temperature", {.min = 0, .max = 2}, settings.temperature));
  for (const char* key : {"max_output_tokens", "max_response_output_tokens"}) {
    if (given.has(key)) settings.most_tokens = most_tokens_of(given, key);
  }
}

// Of "audio": {"input": ...}, or of the beta's session with `prefix` before the names.
void update_input(RealtimeSettings& settings, const JsonFields& given, const std::string& prefix) {
  const std::string format = prefix + "format", transcription = prefix + "transcription";
  if (given.has(format)) settings.format = format_of(given, format.c_str());
  // A null turns these off.
  if (given.json().contains(transcription)) {
    settings.transcription.reset();
    if (given.has(transcription)) settings.transcription = transcription_of(given.object(transcription));
  }
  if (given.json().contains("turn_detection")) {
    settings.turns.reset();
    if (given.has("turn_detection")) settings.turns = detection_of(given.object("turn_detection"));
  }
}

ordered_json turns_json(const RealtimeSettings& settings) {
  if (!settings.turns) return nullptr;
  const TurnDetection& turns = *settings.turns;
  ordered_json result = {{"type", "server_vad"},
                         {"threshold", turns.options.threshold},
                         {"prefix_padding_ms", turns.options.prefix_padding_ms},
                         {"silence_duration_ms", turns.options.silence_duration_ms}};
  if (!settings.only_writes) {
    result["create_response"] = turns.create_response;
    result["interrupt_response"] = turns.interrupt_response;
  }
  return result;
}

ordered_json transcription_json(const RealtimeSettings& settings) {
  if (!settings.transcription) return nullptr;
  ordered_json result = {{"model", settings.transcription->model}};
  if (!settings.transcription->language.empty()) result["language"] = settings.transcription->language;
  if (!settings.transcription->prompt.empty()) result["prompt"] = settings.transcription->prompt;
  return result;
}

std::string_view format_name(const PcmFormat& format, bool is_beta) {
  switch (format.encoding) {
    case PcmEncoding::kPcm16: return is_beta ? "pcm16" : "audio/pcm";
    case PcmEncoding::kMulaw: return is_beta ? "g711_ulaw" : "audio/pcmu";
    case PcmEncoding::kAlaw: break;
  }
  return is_beta ? "g711_alaw" : "audio/pcma";
}

ordered_json most_tokens_json(const RealtimeSettings& settings) {
  if (settings.most_tokens) return *settings.most_tokens;
  return "inf";
}

ordered_json beta_json(const RealtimeSettings& settings, const std::string& id) {
  return {{"id", id},
          {"object", "realtime.session"},
          {"model", settings.model},
          {"modalities", {"text"}},
          {"instructions", settings.instructions},
          {"input_audio_format", format_name(settings.format, true)},
          {"input_audio_transcription", transcription_json(settings)},
          {"turn_detection", turns_json(settings)},
          {"tools", ordered_json::array()},
          {"tool_choice", "none"},
          {"temperature", settings.temperature},
          {"max_response_output_tokens", most_tokens_json(settings)}};
}

}  // namespace

void RealtimeSettings::update(const json& session) {
  const JsonFields given(session, "session", ErrorCode::kUsage);
  RealtimeSettings next = *this;
  update_answer(next, given);
  if (given.has("type")) {
    const std::string type = given.text("type");
    if (type != "realtime" && type != "transcription")
      given.fail("type", "realtime or transcription", quoted(type));
    next.only_writes = type == "transcription";
  }
  // Both forms are taken from whoever sends them; they have no name in common.
  update_input(next, given, "input_audio_");
  if (given.has("audio")) {
    const JsonFields audio = given.object("audio");
    if (audio.has("input")) update_input(next, audio.object("input"), "");
  }
  if (next.only_writes && !next.transcription) next.transcription.emplace();
  *this = std::move(next);
}

ordered_json RealtimeSettings::as_json(const std::string& id) const {
  if (is_beta) return beta_json(*this, id);
  ordered_json format_json = {{"type", format_name(format, false)}};
  if (format.encoding == PcmEncoding::kPcm16) format_json["rate"] = format.rate_hz;
  ordered_json input = {{"format", std::move(format_json)},
                        {"noise_reduction", nullptr},
                        {"transcription", transcription_json(*this)},
                        {"turn_detection", turns_json(*this)}};
  ordered_json result = {{"id", id},
                         {"object", only_writes ? "realtime.transcription_session" : "realtime.session"},
                         {"type", only_writes ? "transcription" : "realtime"}};
  if (!only_writes) {
    result["model"] = model;
    result["output_modalities"] = {"text"};
    result["instructions"] = instructions;
    result["max_output_tokens"] = most_tokens_json(*this);
    result["temperature"] = temperature;
    result["tools"] = ordered_json::array();
    result["tool_choice"] = "none";
    result["truncation"] = "auto";
  }
  result["audio"] = {{"input", std::move(input)}};
  return result;
}

void update_for_response(RealtimeSettings& settings, const json& response) {
  update_answer(settings, JsonFields(response, "response", ErrorCode::kUsage));
}

}  // namespace auris::server
