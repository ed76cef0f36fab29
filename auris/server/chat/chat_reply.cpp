#include "auris/server/chat/chat_reply.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "auris/base/json_text.h"
#include "auris/base/version.h"
#include "auris/server/api/any_seed.h"
#include "auris/server/api/api_error.h"
#include "auris/server/api/router.h"
#include "auris/server/chat/place_recordings.h"

namespace auris::server {
namespace {

using nlohmann::ordered_json;

std::string_view finish_of(generate::FinishReason reason) {
  switch (reason) {
    case generate::FinishReason::kMaxTokens:
    case generate::FinishReason::kContextFull: return "length";
    default: return "stop";
  }
}

double per_s(double count, double seconds) { return seconds > 0 ? count / seconds : 0; }

}  // namespace

ChatReply::ChatReply(std::shared_ptr<Exchange> exchange, ChatCall call, const ServedModel& model,
                     Metrics& metrics)
    : exchange_(std::move(exchange)),
      call_(std::move(call)),
      model_(model),
      metrics_(metrics),
      id_(new_id("chatcmpl-")),
      created_(std::chrono::duration_cast<std::chrono::seconds>(
                   std::chrono::system_clock::now().time_since_epoch())
                   .count()),
      choices_(static_cast<size_t>(call_.answers)) {
  if (!call_.has_seed && call_.options.sampling.temperature > 0) call_.options.sampling.seed = any_seed();
  if (call_.form) {
    call_.options.form = std::make_shared<generate::TokenGrammar>(std::move(*call_.form), model_.tokens,
                                                                  model_.chat->model().end_of_turn);
  }
  if (model_.chat->model().hears()) {
    for (processor::Message& turn : call_.turns) place_recordings(turn, model_.chat->model());
  }
}

void ChatReply::start(const engine::Deadline& deadline) {
  bool is_full = false;
  for (size_t i = 0; i < choices_.size() && !is_full; ++i) {
    engine::ChatRequest request{.turns = call_.turns, .options = call_.options, .deadline = deadline};
    request.options.sampling.seed += i;
    auto ticket = model_.chat->submit(std::move(request), callbacks_of(i));
    is_full = ticket == nullptr;
    const std::lock_guard lock(mutex_);
    choices_[i].ticket = std::move(ticket);
  }
  if (is_full) {
    {  // those that were taken end in silence
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    cancel();
    throw overloaded();
  }
  exchange_->on_gone([reply = weak_from_this()] {
    if (const auto alive = reply.lock()) alive->cancel();
  });
}

void ChatReply::cancel() {
  const std::lock_guard lock(mutex_);
  for (const Choice& choice : choices_) {
    if (choice.ticket) choice.ticket->cancel();
  }
}

engine::ChatCallbacks ChatReply::callbacks_of(size_t index) {
  engine::ChatCallbacks callbacks;
  const auto self = shared_from_this();
  if (call_.stream)
    callbacks.on_text = [self, index](const std::string& text) { self->take_text(index, text); };
  if (call_.logprobs) {
    callbacks.on_choice = [self, index](const generate::Choice& choice, std::span<const float>) {
      const std::lock_guard lock(self->mutex_);
      self->choices_[index].tokens.push_back(choice);
    };
  }
  callbacks.on_end = [self, index](engine::ChatOutcome outcome) {
    self->take_end(index, std::move(outcome));
  };
  return callbacks;
}

void ChatReply::take_text(size_t index, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  stream_begin();
  stream_chunk(index, {{"content", text}}, nullptr);
}

void ChatReply::take_end(size_t index, engine::ChatOutcome outcome) {
  metrics_.count(model_.id, outcome);
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  Choice& choice = choices_[index];
  choice.outcome = std::move(outcome);
  choice.is_over = true;
  // The end of the turn is no token of the answer.
  choice.tokens.resize(std::min(choice.tokens.size(), choice.outcome.answer.tokens.size()));
  if (call_.stream && !choice.outcome.error) {
    stream_begin();
    stream_chunk(index, ordered_json::object(), finish_of(choice.outcome.answer.finish_reason));
  }
  if (std::ranges::all_of(choices_, &Choice::is_over)) finish();
}

ordered_json ChatReply::envelope(const char* object) const {
  return {{"id", id_},
          {"object", object},
          {"created", created_},
          {"model", model_.id},
          {"system_fingerprint", std::string("auris-") + kVersion}};
}

void ChatReply::stream_begin() {
  if (begun_) return;
  begun_ = true;
  exchange_->begin({.content_type = "text/event-stream",
                    .headers = {{"Cache-Control", "no-cache"}, {"X-Accel-Buffering", "no"}}});
  for (size_t i = 0; i < choices_.size(); ++i)
    stream_chunk(i, {{"role", "assistant"}, {"content", ""}}, nullptr);
}

void ChatReply::stream_chunk(size_t index, const ordered_json& delta, const ordered_json& finish) {
  ordered_json chunk = envelope("chat.completion.chunk");
  ordered_json choice = {
      {"index", index}, {"delta", delta}, {"logprobs", nullptr}, {"finish_reason", finish}};
  if (call_.logprobs && choices_[index].sent_tokens < choices_[index].tokens.size())
    choice["logprobs"] = logprobs_of(choices_[index]);
  if (!finish.is_null())
    choice["finish_detail"] = generate::name_of(choices_[index].outcome.answer.finish_reason);
  chunk["choices"] = ordered_json::array({std::move(choice)});
  if (call_.include_usage) chunk["usage"] = nullptr;
  send(chunk);
}

// Who does not take what is sent is not waited for.
void ChatReply::send(const ordered_json& event) {
  if (exchange_->send("data: " + json_line(event) + "\n\n")) return;
  for (const Choice& choice : choices_) {
    if (choice.ticket) choice.ticket->cancel();
  }
}

void ChatReply::finish() {
  const auto failed =
      std::ranges::find_if(choices_, [](const Choice& choice) { return choice.outcome.error != nullptr; });
  if (failed != choices_.end()) {
    const ApiErrorParts why = parts_of(failed->outcome.error);
    if (!begun_) return exchange_->respond(response_of(why));
    exchange_->send("data: " + body_of(why) + "\n\n");
    return exchange_->finish();
  }
  if (call_.stream) {
    if (call_.include_usage) {
      ordered_json chunk = envelope("chat.completion.chunk");
      chunk["choices"] = ordered_json::array();
      chunk["usage"] = usage();
      chunk["timings"] = timings();
      send(chunk);
    }
    exchange_->send("data: [DONE]\n\n");
    return exchange_->finish();
  }
  ordered_json body = envelope("chat.completion");
  body["choices"] = ordered_json::array();
  for (size_t i = 0; i < choices_.size(); ++i) {
    Choice& choice = choices_[i];
    const generate::Generation& answer = choice.outcome.answer;
    ordered_json message = {{"role", "assistant"}, {"content", answer.text}, {"refusal", nullptr}};
    body["choices"].push_back({{"index", i},
                               {"message", std::move(message)},
                               {"logprobs", call_.logprobs ? logprobs_of(choice) : ordered_json()},
                               {"finish_reason", finish_of(answer.finish_reason)},
                               {"finish_detail", generate::name_of(answer.finish_reason)}});
  }
  body["usage"] = usage();
  body["timings"] = timings();
  exchange_->respond({.body = json_line(body)});
}

ordered_json ChatReply::token_of(const generate::Candidate& candidate) const {
  const std::string text = model_.chat->model().tokenizer->piece(candidate.id);
  std::vector<int> bytes;
  for (const char byte : text) bytes.push_back(static_cast<unsigned char>(byte));
  return {{"token", text}, {"logprob", candidate.value}, {"bytes", std::move(bytes)}};
}

// Of the tokens that were not sent yet.
ordered_json ChatReply::logprobs_of(Choice& choice) const {
  ordered_json content = ordered_json::array();
  for (; choice.sent_tokens < choice.tokens.size(); ++choice.sent_tokens) {
    const generate::Choice& token = choice.tokens[choice.sent_tokens];
    ordered_json entry = token_of({.id = token.id, .value = token.logprob});
    entry["top_logprobs"] = ordered_json::array();
    for (const generate::Candidate& candidate : token.top)
      entry["top_logprobs"].push_back(token_of(candidate));
    content.push_back(std::move(entry));
  }
  return {{"content", std::move(content)}, {"refusal", nullptr}};
}

ordered_json ChatReply::usage() const {
  const engine::ChatOutcome& first = choices_.front().outcome;
  int64_t written = 0;
  for (const Choice& choice : choices_) written += static_cast<int64_t>(choice.outcome.answer.tokens.size());
  return {{"prompt_tokens", first.answer.prompt_tokens},
          {"completion_tokens", written},
          {"total_tokens", first.answer.prompt_tokens + written},
          {"prompt_tokens_details",
           {{"audio_tokens", first.sound_tokens}, {"cached_tokens", first.answer.cached_tokens}}},
          {"completion_tokens_details",
           {{"audio_tokens", 0},
            {"reasoning_tokens", 0},
            {"accepted_prediction_tokens", 0},
            {"rejected_prediction_tokens", 0}}}};
}

// Of the first choice, in the words of llama-server.
ordered_json ChatReply::timings() const {
  const engine::ChatOutcome& outcome = choices_.front().outcome;
  const generate::Generation& answer = outcome.answer;
  const auto read = static_cast<double>(answer.prompt_tokens - answer.cached_tokens);
  const auto written = static_cast<double>(answer.tokens.size());
  return {{"cache_n", answer.cached_tokens},
          {"prompt_n", answer.prompt_tokens - answer.cached_tokens},
          {"prompt_ms", 1e3 * answer.prefill_s},
          {"prompt_per_second", per_s(read, answer.prefill_s)},
          {"predicted_n", answer.tokens.size()},
          {"predicted_ms", 1e3 * answer.decode_s},
          {"predicted_per_second", per_s(written, answer.decode_s)},
          {"queued_ms", 1e3 * outcome.queued_s},
          {"first_token_ms", 1e3 * answer.first_token_s}};
}

}  // namespace auris::server
