#pragma once
// Makes a realtime session of a request for one: which model answers, which writes down, in which dialect.

#include <chrono>
#include <memory>

#include "auris/server/chat/chat_call.h"
#include "auris/server/http/exchange.h"
#include "auris/server/models/metrics.h"
#include "auris/server/models/served_models.h"

namespace auris::server {

struct RealtimeOptions {
  double most_seconds = 600;  // of sound that a session holds
  std::chrono::seconds answer_time{600};
  ChatDefaults answers = {};
};

// GET with "upgrade: websocket" and the query model=NAME, or intent=transcription. `models` and `metrics`
// must outlive the session. Throws ApiError 404 for a model that is not there, 426 for what is no such
// request.
void open_realtime(const std::shared_ptr<Exchange>& exchange, const ServedModels& models, Metrics& metrics,
                   const RealtimeOptions& options);

}  // namespace auris::server
