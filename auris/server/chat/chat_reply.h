#pragma once
// One answer to /v1/chat/completions on its way: takes what the scheduler tells of its choices and gives it
// to the client, whole or as server-sent events.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/server/chat/chat_call.h"
#include "auris/server/http/exchange.h"
#include "auris/server/models/metrics.h"
#include "auris/server/models/served_models.h"

namespace auris::server {

class ChatReply : public std::enable_shared_from_this<ChatReply> {
 public:
  // `model` and `metrics` must outlive the answer.
  ChatReply(std::shared_ptr<Exchange> exchange, ChatCall call, const ServedModel& model, Metrics& metrics);

  // Gives the conversation to the model, once for each choice. Throws ApiError 503 if it is too busy.
  void start(const engine::Deadline& deadline);

 private:
  struct Choice {
    std::shared_ptr<engine::Ticket> ticket = {};
    std::string unsent = {};
    std::vector<generate::Choice> tokens = {};  // with their log-probabilities
    size_t sent_tokens = 0;
    engine::ChatOutcome outcome = {};
    bool is_over = false;
  };

  engine::ChatCallbacks callbacks_of(size_t index);
  void take_text(size_t index, const std::string& text);
  void take_end(size_t index, engine::ChatOutcome outcome);
  void cancel();

  // With the lock held.
  void stream_chunk(size_t index, const nlohmann::ordered_json& delta, const nlohmann::ordered_json& finish);
  void stream_begin();
  void send(const nlohmann::ordered_json& event);
  void finish();
  nlohmann::ordered_json envelope(const char* object) const;
  nlohmann::ordered_json logprobs_of(Choice& choice) const;
  nlohmann::ordered_json token_of(const generate::Candidate& candidate) const;
  nlohmann::ordered_json usage() const;
  nlohmann::ordered_json timings() const;

  std::shared_ptr<Exchange> exchange_;
  ChatCall call_;
  const ServedModel& model_;
  Metrics& metrics_;
  std::string id_;
  int64_t created_;

  std::mutex mutex_;
  std::vector<Choice> choices_;
  bool begun_ = false;      // of a stream
  bool abandoned_ = false;  // the client was refused already
};

}  // namespace auris::server
