#include "auris/server/realtime/realtime_session.h"

#include <algorithm>
#include <utility>

#include "auris/base/json_fields.h"
#include "auris/base/json_text.h"
#include "auris/base/trimmed.h"
#include "auris/server/api/any_seed.h"
#include "auris/server/api/router.h"
#include "auris/text/base64.h"

namespace auris::server {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kFewestSamples = kListeningRateHz / 10;  // of a turn: OpenAI's limit, too
constexpr JsonLimits kEventLimits = {.max_bytes = size_t{64} << 20, .max_depth = 64, .max_values = 1 << 17};

ordered_json id_or_null(const std::string& id) { return id.empty() ? ordered_json() : ordered_json(id); }

bool is_too_long(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const engine::TooLong&) {
    return true;
  } catch (...) {
  }
  return false;
}

ordered_json usage_of(const engine::ChatOutcome& outcome) {
  const auto read = outcome.answer.prompt_tokens;
  const auto written = static_cast<int64_t>(outcome.answer.tokens.size());
  return {{"total_tokens", read + written},
          {"input_tokens", read},
          {"output_tokens", written},
          {"input_token_details",
           {{"text_tokens", read - outcome.sound_tokens},
            {"audio_tokens", outcome.sound_tokens},
            {"image_tokens", 0},
            {"cached_tokens", outcome.answer.cached_tokens}}},
          {"output_token_details", {{"text_tokens", written}, {"audio_tokens", 0}}}};
}

}  // namespace

template <typename Act>
void RealtimeSession::later(const std::weak_ptr<RealtimeSession>& session, Act act) {
  const auto alive = session.lock();
  if (!alive) return;
  const std::lock_guard lock(alive->mutex_);
  act(*alive);
}

RealtimeSession::RealtimeSession(RealtimeSettings settings, RealtimeServices services)
    : services_(std::move(services)),
      id_(new_id("sess_")),
      buffer_(services_.detector, services_.most_seconds),
      settings_(std::move(settings)),
      events_(settings_.is_beta),
      next_item_id_(new_id("item_")) {
  if (settings_.only_writes && !settings_.transcription) settings_.transcription.emplace();
}

void RealtimeSession::begin(const std::shared_ptr<WebSocket>& socket) {
  const std::lock_guard lock(mutex_);
  events_.set(socket);
  set_buffer();
  events_.send("session.created", {{"session", settings_.as_json(id_)}});
}

void RealtimeSession::set_buffer() {
  buffer_.set(settings_.format, settings_.turns ? std::optional(settings_.turns->options) : std::nullopt);
}

void RealtimeSession::end() {
  const std::lock_guard lock(mutex_);
  events_.set(nullptr);
  if (response_ && response_->ticket) response_->ticket->cancel();
  response_.reset();
  for (const auto& [item, writing] : in_writing_) writing.ticket->cancel();
  in_writing_.clear();
}

void RealtimeSession::stop() {
  const std::lock_guard lock(mutex_);
  is_stopping_ = true;
  if (!response_) events_.close(CloseCode::kGoingAway, "The server ends.");
}

void RealtimeSession::take(const std::string& message, bool is_text) {
  std::string event_id;
  try {
    if (!is_text) throw ApiError({.message = "Events are texts of JSON; sound goes into one as base64."});
    const json parsed = parse_json(message, "event", ErrorCode::kUsage, kEventLimits);
    const JsonFields event(parsed, "event", ErrorCode::kUsage);
    if (event.value("event_id").is_string()) event_id = event.text("event_id").substr(0, 512);
    if (event.text("type") != "input_audio_buffer.append") {
      const std::lock_guard lock(mutex_);
      return handle(event);
    }
    // Hearing takes its time, and others tell of what they have done meanwhile.
    const json& audio = event.value("audio");
    if (!audio.is_string()) event.fail("audio", "sound in base64", "none");
    std::string bytes;
    try {
      bytes = text::from_base64(audio.get_ref<const std::string&>());
    } catch (const Error&) {
      event.fail("audio", "base64", "something else");
    }
    for (InputBuffer::Event& found : buffer_.append(bytes)) {
      const std::lock_guard lock(mutex_);
      take_sound(std::move(found));
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    events_.send_error(parts_of(std::current_exception()), event_id);
  }
}

void RealtimeSession::handle(const JsonFields& event) {
  const std::string type = event.text("type");
  withdraw();
  if (type == "session.update" || type == "transcription_session.update") return update(event);
  if (type == "input_audio_buffer.commit") return commit_by_client();
  if (type == "input_audio_buffer.clear") {
    buffer_.clear();
    return events_.send("input_audio_buffer.cleared", ordered_json::object());
  }
  if (type == "conversation.item.create") return create_item(event);
  if (type == "conversation.item.delete") return delete_item(event);
  if (type == "conversation.item.retrieve") return retrieve_item(event);
  if (type == "response.create") return create_response(event);
  if (type == "response.cancel") return cancel_response(event);
  if (type == "conversation.item.truncate" || type == "output_audio_buffer.clear") {
    throw ApiError({.message = "There is no spoken answer.", .param = "type", .code = "no_audio_output"});
  }
  event.fail("type", "an event of a client of OpenAI's Realtime API", quoted(type));
}

void RealtimeSession::update(const JsonFields& event) {
  RealtimeSettings next = settings_;
  if (event.text("type") == "transcription_session.update") next.only_writes = true;
  next.update(event.object("session").json());
  if (!next.only_writes && !services_.answer) {
    throw ApiError({.message = "No language model is behind this session: it can only write down.",
                    .param = "session.type"});
  }
  if (next.transcription) services_.require_speech_model(next.transcription->model);
  settings_ = std::move(next);
  set_buffer();
  const bool is_old = settings_.is_beta && event.text("type") == "transcription_session.update";
  events_.send(is_old ? "transcription_session.updated" : "session.updated",
               {{"session", settings_.as_json(id_)}});
}

// ---- Sound ----

void RealtimeSession::take_sound(InputBuffer::Event event) {
  switch (event.kind) {
    case TurnFinder::Kind::kStarted:
      if (settings_.turns && settings_.turns->interrupt_response) interrupt("turn_detected");
      return events_.send("input_audio_buffer.speech_started",
                          {{"audio_start_ms", event.ms}, {"item_id", next_item_id_}});
    case TurnFinder::Kind::kPaused:
      if (answers_turns() && !response_ && !is_stopping_) answer_ahead(std::move(event.samples));
      return;
    case TurnFinder::Kind::kResumed: return withdraw();
    case TurnFinder::Kind::kStopped: return end_turn(std::move(event));
  }
}

bool RealtimeSession::answers_turns() const {
  return !settings_.only_writes && settings_.turns && settings_.turns->create_response;
}

void RealtimeSession::end_turn(InputBuffer::Event event) {
  const bool is_ahead = before_.has_value();
  const std::string item_id = is_ahead ? item_ahead_ : next_item_id_;
  events_.send_now("input_audio_buffer.speech_stopped", {{"audio_end_ms", event.ms}, {"item_id", item_id}});
  if (is_ahead) {
    before_.reset();
    return events_.release();
  }
  commit(std::move(event.samples));
  if (!answers_turns()) return;
  if (!response_) return start(new_response());
  wants_response_ = true;
}

void RealtimeSession::answer_ahead(std::vector<float> samples) {
  before_ = conversation_;
  item_ahead_ = next_item_id_;
  events_.hold();
  commit(std::move(samples));
  start(new_response());
}

void RealtimeSession::withdraw() {
  if (!before_) return;
  if (response_ && response_->ticket) response_->ticket->cancel();
  response_.reset();
  wants_response_ = false;
  if (const auto writing = in_writing_.find(item_ahead_); writing != in_writing_.end()) {
    writing->second.ticket->cancel();
    in_writing_.erase(writing);
  }
  std::erase(delayed_, item_ahead_);
  conversation_ = *std::exchange(before_, std::nullopt);
  next_item_id_ = item_ahead_;
  events_.drop();
}

void RealtimeSession::commit_by_client() {
  std::vector<float> samples = buffer_.take();
  if (samples.size() < kFewestSamples) {
    throw ApiError({.message = "The buffer holds less than 100 ms of sound.",
                    .code = "input_audio_buffer_commit_empty"});
  }
  commit(std::move(samples));
}

void RealtimeSession::commit(std::vector<float> samples) {
  auto clip = std::make_shared<audio::AudioClip>();
  clip->samples = std::move(samples);
  clip->sample_rate_hz = kListeningRateHz;
  const ConversationItem item{.id = std::exchange(next_item_id_, new_id("item_")),
                              .parts = {{.clip = std::move(clip)}}};
  const std::string before = conversation_.insert(item);
  conversation_.keep_seconds(services_.most_seconds);
  events_.send("input_audio_buffer.committed",
               {{"previous_item_id", id_or_null(before)}, {"item_id", item.id}});
  tell(item, before);
  if (!settings_.transcription) return;
  // Who answers by ear is not kept waiting for a transcript that is but shown.
  if (services_.hears && answers_turns()) {
    delayed_.push_back(item.id);
  } else {
    write_down(item.id);
  }
}

void RealtimeSession::write_down_delayed() {
  for (const std::string& item : std::exchange(delayed_, {})) write_down(item);
}

void RealtimeSession::write_down(const std::string& item_id) {
  const ConversationItem* item = conversation_.find(item_id);
  if (item == nullptr || !settings_.transcription) return;
  const TranscriptionSettings& wanted = *settings_.transcription;
  engine::TranscriptionRequest request{.clip = item->parts.front().clip};
  request.options.language = wanted.language;
  request.options.initial_prompt = wanted.prompt;
  request.options.hotwords = wanted.keywords;
  request.deadline = std::chrono::steady_clock::now() + services_.answer_time;
  engine::TranscriptionCallbacks callbacks;
  const uint64_t number = ++writings_;
  const auto of_this = [self = weak_from_this(), item_id, number](auto act) {
    later(self, [&](RealtimeSession& session) {
      const auto writing = session.in_writing_.find(item_id);
      if (writing != session.in_writing_.end() && writing->second.number == number) act(session);
    });
  };
  callbacks.on_segment = [of_this, item_id](const generate::TranscriptSegment& segment) {
    of_this([&](RealtimeSession& session) {
      session.events_.send("conversation.item.input_audio_transcription.delta",
                           {{"item_id", item_id}, {"content_index", 0}, {"delta", segment.text}});
    });
  };
  callbacks.on_end = [of_this, item_id](const engine::TranscriptionOutcome& outcome) {
    of_this([&](RealtimeSession& session) { session.take_transcript(item_id, outcome); });
  };
  auto ticket = services_.write_down(wanted.model, std::move(request), std::move(callbacks));
  if (ticket) {
    in_writing_[item_id] = {.number = number, .ticket = std::move(ticket)};
  } else {
    take_transcript(item_id, {.transcript = {}, .error = std::make_exception_ptr(overloaded())});
  }
}

void RealtimeSession::take_transcript(const std::string& item_id,
                                      const engine::TranscriptionOutcome& outcome) {
  in_writing_.erase(item_id);
  ordered_json event = {{"item_id", item_id}, {"content_index", 0}};
  if (outcome.error) {
    event["error"] = error_json(parts_of(outcome.error));
    events_.send("conversation.item.input_audio_transcription.failed", std::move(event));
  } else {
    const std::string text(trimmed(outcome.transcript.text, " "));
    if (ConversationItem* item = conversation_.find(item_id)) {
      item->parts.front().text = text;
      item->parts.front().is_written_down = true;
    }
    event["transcript"] = text;
    event["usage"] = {{"type", "duration"}, {"seconds", outcome.transcript.duration_s}};
    events_.send("conversation.item.input_audio_transcription.completed", std::move(event));
  }
  if (response_ && !response_->ticket) submit();
}

// ---- Items ----

void RealtimeSession::tell(const ConversationItem& item, const std::string& before) {
  const ordered_json event = {{"previous_item_id", id_or_null(before)}, {"item", json_of(item)}};
  events_.send("conversation.item.added", event);
  events_.send("conversation.item.done", event);
}

ordered_json RealtimeSession::json_of(const ConversationItem& item) const {
  return item.as_json({.is_beta = events_.is_beta()});
}

void RealtimeSession::create_item(const JsonFields& event) {
  ConversationItem item = Conversation::parse(event.object("item").json(), new_id("item_"), settings_.format,
                                              services_.most_seconds);
  const std::string before = conversation_.insert(item, event.text("previous_item_id", ""));
  conversation_.keep_seconds(services_.most_seconds);
  tell(item, before);
}

void RealtimeSession::delete_item(const JsonFields& event) {
  const std::string id = event.text("item_id");
  conversation_.erase(id);
  events_.send("conversation.item.deleted", {{"item_id", id}});
}

void RealtimeSession::retrieve_item(const JsonFields& event) {
  const ConversationItem& item = conversation_.at(event.text("item_id"));
  events_.send("conversation.item.retrieved",
               {{"item", item.as_json({.is_beta = events_.is_beta(), .audio = settings_.format})}});
}

// ---- Answers ----

RealtimeSession::Response RealtimeSession::new_response() const {
  return {.id = new_id("resp_"), .item_id = new_id("item_"), .settings = settings_};
}

void RealtimeSession::create_response(const JsonFields& event) {
  if (settings_.only_writes)
    throw ApiError(
        {.message = "This session writes down what is said, and does not answer.", .param = "type"});
  if (response_) {
    throw ApiError({.message = "The answer before is not finished: cancel it or wait for response.done.",
                    .code = "conversation_already_has_active_response"});
  }
  Response response = new_response();
  if (event.has("response")) {
    const JsonFields given = event.object("response");
    update_for_response(response.settings, given.json());
    response.is_in_conversation = given.text("conversation", "auto") != "none";
    if (given.has("metadata")) response.metadata = given.object("metadata").json();
    if (given.has("input")) {
      for (const json& item : given.list("input")) {
        if (item.is_object() && item.value("type", json()) == "item_reference") {
          const JsonFields reference(item, "item", ErrorCode::kUsage);
          response.input.push_back(conversation_.at(reference.text("id")));
        } else {
          response.input.push_back(
              Conversation::parse(item, new_id("item_"), settings_.format, services_.most_seconds));
        }
      }
    }
  }
  const std::vector<ConversationItem>& items =
      response.input.empty() ? conversation_.items() : response.input;
  if (items.empty() || items.back().role == processor::Role::kAssistant) {
    throw ApiError(
        {.message = "There is nothing to answer: the last item must be the user's.", .param = "response"});
  }
  start(std::move(response));
}

void RealtimeSession::cancel_response(const JsonFields& event) {
  const std::string id = event.text("response_id", "");
  if (!response_ || (!id.empty() && id != response_->id))
    throw ApiError({.message = "There is no answer to cancel.", .code = "response_cancel_not_active"});
  interrupt("client_cancelled");
}

void RealtimeSession::start(Response response) {
  response_ = std::move(response);
  events_.send("response.created", {{"response", response_json("in_progress", nullptr, nullptr)}});
  submit();
}

// Gives it to the model, or does nothing as long as somebody writes down what the model has to read.
void RealtimeSession::submit() {
  const std::vector<ConversationItem>& items =
      response_->input.empty() ? conversation_.items() : response_->input;
  const auto is_in_writing = [&](const ConversationItem& item) { return in_writing_.count(item.id) > 0; };
  if (!services_.hears && std::ranges::any_of(items, is_in_writing)) return;
  const RealtimeSettings& settings = response_->settings;
  engine::ChatRequest request{.turns = turns_of(items, settings.instructions, services_.hears)};
  request.options.max_tokens = settings.most_tokens.value_or(services_.most_tokens);
  request.options.sampling.temperature = settings.temperature;
  if (settings.temperature > 0) request.options.sampling.seed = any_seed();
  request.deadline = std::chrono::steady_clock::now() + services_.answer_time;
  engine::ChatCallbacks callbacks;
  // Of an answer that was called off meanwhile nothing is told.
  const auto of_this = [self = weak_from_this(), id = response_->id](auto act) {
    later(self, [&](RealtimeSession& session) {
      if (session.response_ && session.response_->id == id) act(session);
    });
  };
  callbacks.on_text = [of_this](const std::string& text) {
    of_this([&](RealtimeSession& session) { session.take_text(text); });
  };
  callbacks.on_end = [of_this](const engine::ChatOutcome& outcome) {
    of_this([&](RealtimeSession& session) { session.take_end(outcome); });
  };
  response_->ticket = services_.answer(std::move(request), std::move(callbacks));
  if (!response_->ticket) take_end({.answer = {}, .error = std::make_exception_ptr(overloaded())});
}

void RealtimeSession::add_item() {
  if (response_->has_item) return;
  response_->has_item = true;
  ConversationItem item{
      .id = response_->item_id, .role = processor::Role::kAssistant, .parts = {}, .status = "in_progress"};
  events_.send("response.output_item.added",
               {{"response_id", response_->id}, {"output_index", 0}, {"item", json_of(item)}});
  if (response_->is_in_conversation) {
    const std::string before = conversation_.insert(item);
    events_.send("conversation.item.added",
                 {{"previous_item_id", id_or_null(before)}, {"item", json_of(item)}});
  }
  events_.send("response.content_part.added", {{"response_id", response_->id},
                                               {"item_id", response_->item_id},
                                               {"output_index", 0},
                                               {"content_index", 0},
                                               {"part", {{"type", "text"}, {"text", ""}}}});
}

void RealtimeSession::take_text(const std::string& text) {
  add_item();
  response_->text += text;
  events_.send("response.output_text.delta", {{"response_id", response_->id},
                                              {"item_id", response_->item_id},
                                              {"output_index", 0},
                                              {"content_index", 0},
                                              {"delta", text}});
  write_down_delayed();
}

void RealtimeSession::take_end(const engine::ChatOutcome& outcome) {
  if (outcome.error) {
    // What was said long ago makes room for what is said now.
    if (is_too_long(outcome.error) && response_->input.empty() && conversation_.drop_oldest_turn()) {
      response_->ticket = nullptr;  // submit() may have to wait for a transcript
      return submit();
    }
    const ordered_json error = error_json(parts_of(outcome.error));
    return end_response("failed", {{"type", "failed"}, {"error", error}}, nullptr);
  }
  const generate::FinishReason reason = outcome.answer.finish_reason;
  const bool is_cut =
      reason == generate::FinishReason::kMaxTokens || reason == generate::FinishReason::kContextFull;
  add_item();
  if (is_cut) {
    return end_response("incomplete", {{"type", "incomplete"}, {"reason", "max_output_tokens"}},
                        usage_of(outcome));
  }
  end_response("completed", nullptr, usage_of(outcome));
}

void RealtimeSession::interrupt(const char* reason) {
  wants_response_ = false;
  if (!response_) return;
  if (response_->ticket) response_->ticket->cancel();
  end_response("cancelled", {{"type", "cancelled"}, {"reason", reason}}, nullptr);
}

ConversationItem RealtimeSession::answer_item(std::string_view status) const {
  return {.id = response_->item_id,
          .role = processor::Role::kAssistant,
          .parts = {{.text = response_->text}},
          .status = status == "completed" ? "completed" : "incomplete"};
}

void RealtimeSession::end_response(const char* status, const ordered_json& details,
                                   const ordered_json& usage) {
  if (response_->has_item) {
    const ordered_json place = {{"response_id", response_->id},
                                {"item_id", response_->item_id},
                                {"output_index", 0},
                                {"content_index", 0}};
    ordered_json text = place, part = place;
    text["text"] = response_->text;
    events_.send("response.output_text.done", std::move(text));
    part["part"] = {{"type", "text"}, {"text", response_->text}};
    events_.send("response.content_part.done", std::move(part));
    const ConversationItem item = answer_item(status);
    if (ConversationItem* known = conversation_.find(item.id)) {
      *known = item;
      events_.send("conversation.item.done", {{"item", json_of(item)}});
    }
    events_.send("response.output_item.done",
                 {{"response_id", response_->id}, {"output_index", 0}, {"item", json_of(item)}});
  }
  events_.send("response.done", {{"response", response_json(status, details, usage)}});
  response_.reset();
  write_down_delayed();
  if (is_stopping_) return events_.close(CloseCode::kGoingAway, "The server ends.");
  if (std::exchange(wants_response_, false)) start(new_response());
}

ordered_json RealtimeSession::response_json(const char* status, const ordered_json& details,
                                            const ordered_json& usage) const {
  ordered_json output = ordered_json::array();
  if (response_->has_item) output.push_back(json_of(answer_item(status)));
  ordered_json result = {
      {"id", response_->id},
      {"object", "realtime.response"},
      {"status", status},
      {"status_details", details},
      {"output", std::move(output)},
      {"conversation_id", response_->is_in_conversation ? ordered_json(id_) : ordered_json()}};
  result[events_.is_beta() ? "modalities" : "output_modalities"] = {"text"};
  result["metadata"] = response_->metadata;
  result["usage"] = usage;
  return result;
}

}  // namespace auris::server
