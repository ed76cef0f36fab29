#include "auris/server/speech/transcription_reply.h"

#include <cmath>
#include <utility>

#include "auris/base/json_text.h"
#include "auris/base/trimmed.h"
#include "auris/engine/transcript_format.h"
#include "auris/server/api/api_error.h"
#include "auris/text/language_names.h"

namespace auris::server {
namespace {

using nlohmann::ordered_json;

constexpr const char* kPlainText = "text/plain; charset=utf-8";

double milliseconds(double seconds) { return std::round(1000 * seconds) / 1000; }

ordered_json usage_of(const generate::Transcript& transcript) {
  return {{"type", "duration"}, {"seconds", static_cast<int64_t>(std::ceil(transcript.duration_s))}};
}

ordered_json segment_json(const generate::TranscriptSegment& segment, size_t index) {
  ordered_json json = {{"id", index},
                       {"seek", static_cast<int64_t>(segment.start * 100)},  // in frames of 10 ms
                       {"start", milliseconds(segment.start)},
                       {"end", milliseconds(segment.end)},
                       {"text", segment.text},
                       {"tokens", segment.tokens},
                       {"temperature", segment.temperature},
                       {"avg_logprob", segment.avg_logprob},
                       {"compression_ratio", segment.compression_ratio},
                       {"no_speech_prob", segment.no_speech_prob}};
  if (segment.truncated) json["truncated"] = true;
  if (segment.repetition_loop) json["repetition_loop"] = true;
  return json;
}

ordered_json verbose_json(const generate::Transcript& transcript, const TranscriptionCall& call) {
  ordered_json json = {
      {"task", call.request.options.task == generate::WhisperTask::kTranslate ? "translate" : "transcribe"},
      {"language", text::language_name(transcript.language)},
      {"duration", milliseconds(transcript.duration_s)},
      {"text", trimmed(transcript.text, " ")}};
  if (call.words) {
    ordered_json words = ordered_json::array();
    for (const generate::TranscriptSegment& segment : transcript.segments) {
      for (const generate::TranscriptWord& word : segment.words) {
        words.push_back({{"word", trimmed(word.word, " ")},
                         {"start", milliseconds(word.start)},
                         {"end", milliseconds(word.end)}});
      }
    }
    json["words"] = std::move(words);
  }
  if (call.segments) {
    ordered_json segments = ordered_json::array();
    for (size_t i = 0; i < transcript.segments.size(); ++i)
      segments.push_back(segment_json(transcript.segments[i], i));
    json["segments"] = std::move(segments);
  }
  json["usage"] = usage_of(transcript);
  return json;
}

std::string event(const ordered_json& data) { return "data: " + json_line(data) + "\n\n"; }

}  // namespace

HttpResponse transcript_response(const generate::Transcript& transcript, const TranscriptionCall& call) {
  switch (call.form) {
    case TranscriptForm::kText:
      return {.body = std::string(trimmed(transcript.text, " ")) + "\n", .content_type = kPlainText};
    case TranscriptForm::kSrt: return {.body = engine::to_srt(transcript), .content_type = kPlainText};
    case TranscriptForm::kVtt: return {.body = engine::to_vtt(transcript), .content_type = kPlainText};
    case TranscriptForm::kVerboseJson: return {.body = json_line(verbose_json(transcript, call))};
    case TranscriptForm::kJson: break;
  }
  ordered_json json = {{"text", trimmed(transcript.text, " ")}, {"usage", usage_of(transcript)}};
  if (transcript.truncated) json["truncated"] = true;
  return {.body = json_line(json)};
}

TranscriptionReply::TranscriptionReply(std::shared_ptr<Exchange> exchange, TranscriptionCall call,
                                       const ServedModel& model, Metrics& metrics)
    : exchange_(std::move(exchange)), call_(std::move(call)), model_(model), metrics_(metrics) {}

void TranscriptionReply::start(const engine::Deadline& deadline) {
  const auto self = shared_from_this();
  engine::TranscriptionRequest request = call_.request;
  request.deadline = deadline;
  engine::TranscriptionCallbacks callbacks;
  if (call_.stream)
    callbacks.on_segment = [self](const generate::TranscriptSegment& segment) {
      self->take_segment(segment);
    };
  callbacks.on_end = [self](const engine::TranscriptionOutcome& outcome) { self->take_end(outcome); };
  const auto ticket = model_.speech->submit(std::move(request), std::move(callbacks));
  if (ticket == nullptr) throw overloaded();
  exchange_->on_gone([ticket] { ticket->cancel(); });
}

void TranscriptionReply::begin_stream() {
  if (std::exchange(begun_, true)) return;
  exchange_->begin({.content_type = "text/event-stream",
                    .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}}});
}

void TranscriptionReply::take_segment(const generate::TranscriptSegment& segment) {
  const bool is_first = !begun_;
  begin_stream();
  const std::string_view text = is_first ? trimmed(segment.text, " ") : std::string_view(segment.text);
  exchange_->send(event({{"type", "transcript.text.delta"},
                         {"delta", text},
                         {"start", milliseconds(segment.start)},
                         {"end", milliseconds(segment.end)}}));
}

void TranscriptionReply::take_end(const engine::TranscriptionOutcome& outcome) {
  metrics_.count(model_.id, outcome);
  if (outcome.error) {
    const ApiErrorParts why = parts_of(outcome.error);
    if (!begun_) return exchange_->respond(response_of(why));
    exchange_->send("data: " + body_of(why) + "\n\n");
    return exchange_->finish();
  }
  if (!call_.stream) return exchange_->respond(transcript_response(outcome.transcript, call_));
  begin_stream();
  exchange_->send(event({{"type", "transcript.text.done"},
                         {"text", trimmed(outcome.transcript.text, " ")},
                         {"usage", usage_of(outcome.transcript)}}));
  exchange_->send("data: [DONE]\n\n");
  exchange_->finish();
}

}  // namespace auris::server
