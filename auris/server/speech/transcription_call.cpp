#include "auris/server/speech/transcription_call.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "auris/audio/vad.h"
#include "auris/base/error.h"
#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/engine/engine.h"
#include "auris/models/vad/silero/load_silero_vad.h"
#include "auris/server/api/api_error.h"
#include "auris/server/speech/multipart.h"
#include "auris/text/language_names.h"

namespace auris::server {
namespace {

constexpr std::array<std::pair<std::string_view, TranscriptForm>, 5> kForms = {{
    {"json", TranscriptForm::kJson},
    {"text", TranscriptForm::kText},
    {"srt", TranscriptForm::kSrt},
    {"vtt", TranscriptForm::kVtt},
    {"verbose_json", TranscriptForm::kVerboseJson},
}};

[[noreturn]] void fail(std::string_view param, std::string message) {
  throw ApiError({.message = std::move(message), .param = std::string(param)});
}

// The fields of a form by name; lists come as name or as name[].
class Form {
 public:
  Form(std::string_view content_type, std::string_view body) : fields_(parse_multipart(content_type, body)) {}

  const FormField* find(std::string_view name) const {
    const FormField* found = nullptr;
    for (const FormField& field : fields_) {
      if (field.name != name) continue;
      if (found != nullptr) fail(name, "The field is given twice.");
      found = &field;
    }
    return found;
  }

  std::string text(std::string_view name) const {
    const FormField* field = find(name);
    return field == nullptr ? std::string() : std::string(field->content);
  }

  std::vector<std::string> list(const std::string& name) const {
    std::vector<std::string> values;
    for (const FormField& field : fields_) {
      if (field.name == name || field.name == name + "[]") values.emplace_back(field.content);
    }
    return values;
  }

  bool flag(std::string_view name) const {
    const std::string value = text(name);
    if (value == "true" || value == "True" || value == "1") return true;
    if (value.empty() || value == "false" || value == "False" || value == "0") return false;
    fail(name, "expected true or false, got " + quoted(value));
  }

  std::optional<double> number(std::string_view name, double most) const {
    const std::string value = text(name);
    if (value.empty()) return std::nullopt;
    double number = 0;
    const char* end = value.data() + value.size();
    const auto [read, error] = std::from_chars(value.data(), end, number);
    if (read != end || error != std::errc() || !(number >= 0 && number <= most))
      fail(name,
           "expected a number of 0 to " + std::to_string(static_cast<int>(most)) + ", got " + quoted(value));
    return number;
  }

 private:
  std::vector<FormField> fields_;
};

TranscriptForm form_of(const Form& form) {
  const std::string name = form.text("response_format");
  if (name.empty()) return TranscriptForm::kJson;
  for (const auto& [known, value] : kForms) {
    if (known == name) return value;
  }
  fail("response_format", "expected json, text, srt, vtt or verbose_json, got " + quoted(name));
}

std::string language_of(const Form& form) {
  const std::string given = form.text("language");
  if (given.empty() || given == "auto") return "";
  const std::string code = text::language_code(given);
  if (text::language_name(code).empty())
    fail("language", "expected the code of a language (ISO 639-1), got " + quoted(given));
  return code;
}

using FindSpeech = std::function<std::vector<generate::TimeSpan>(const audio::AudioClip& clip)>;

// "auto", or {"type": "server_vad", ...}: only what somebody says is listened to.
FindSpeech speech_finder_of(const Form& form) {
  const std::string given = form.text("chunking_strategy");
  if (given.empty()) return {};
  if (given == "auto") return engine::Engine::find_speech;
  const nlohmann::json parsed = parse_json(given, "request: 'chunking_strategy'", ErrorCode::kUsage);
  const JsonFields fields(parsed, "request: 'chunking_strategy'", ErrorCode::kUsage);
  if (fields.text("type") != "server_vad") fields.fail("type", "server_vad", quoted(fields.text("type")));
  constexpr JsonFields::IntegerRange kMilliseconds = {.min = 0, .max = 60'000};
  audio::VadOptions options{.min_speech_ms = 0};
  options.threshold = static_cast<float>(fields.number("threshold", {.min = 0.01, .max = 0.99}, 0.5));
  options.min_silence_ms = static_cast<int>(fields.integer("silence_duration_ms", kMilliseconds, 200));
  options.pad_ms = static_cast<int>(fields.integer("prefix_padding_ms", kMilliseconds, 300));
  return [options](const audio::AudioClip& clip) {
    const auto detector = models::best_voice_detector();
    std::vector<generate::TimeSpan> spans;
    for (const audio::SpeechSpan& span : audio::detect_speech(*detector, clip.samples, options))
      spans.push_back({span.begin_s, span.end_s});
    return spans;
  };
}

// Names and terms to expect.
std::string hotwords_of(const Form& form) {
  std::string words;
  for (const std::string& word : form.list("keywords")) words += (words.empty() ? "" : ", ") + word;
  return words;
}

void take_granularities(const Form& form, TranscriptionCall& call) {
  const std::vector<std::string> wanted = form.list("timestamp_granularities");
  if (wanted.empty()) return;
  for (const std::string& name : wanted) {
    if (name != "word" && name != "segment")
      fail("timestamp_granularities", "expected word or segment, got " + quoted(name));
  }
  call.words = std::ranges::count(wanted, "word") > 0;
  call.segments = std::ranges::count(wanted, "segment") > 0;
}

}  // namespace

TranscriptionCall parse_transcription_call(const HttpRequest& request, generate::WhisperTask task,
                                           const RecordingReader& recordings) {
  const Form form(request.header("content-type"), request.body);
  TranscriptionCall call{.model = form.text("model"), .request = {}};
  call.form = form_of(form);
  call.stream = form.flag("stream");
  take_granularities(form, call);
  generate::TranscribeOptions& options = call.request.options;
  options.task = task;
  options.language = language_of(form);
  options.initial_prompt = form.text("prompt");
  options.hotwords = hotwords_of(form);
  options.word_timestamps = call.words;
  if (const double first = form.number("temperature", 2).value_or(0); first > 0) {
    std::erase_if(options.temperatures, [first](double t) { return t <= first; });
    options.temperatures.insert(options.temperatures.begin(), first);
  }
  call.request.find_speech = speech_finder_of(form);
  const FormField* file = form.find("file");
  if (file == nullptr) fail("file", "The form has no recording: send it as the field \"file\".");
  call.request.clip = recordings.from_bytes(std::as_bytes(std::span(file->content)), "file",
                                            file->file_name.ends_with(".g722") ? "g722" : "");
  return call;
}

}  // namespace auris::server
