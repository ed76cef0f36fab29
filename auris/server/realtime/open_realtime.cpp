#include "auris/server/realtime/open_realtime.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "auris/base/ascii_lower.h"
#include "auris/models/vad/silero/load_silero_vad.h"
#include "auris/server/api/api_error.h"
#include "auris/server/chat/place_recordings.h"
#include "auris/server/http/percent.h"
#include "auris/server/realtime/realtime_session.h"

namespace auris::server {
namespace {

bool lists(std::string_view protocols, std::string_view wanted) {
  while (!protocols.empty()) {
    const size_t begin = std::min(protocols.size(), protocols.find_first_not_of(", "));
    protocols.remove_prefix(begin);
    const std::string_view protocol = protocols.substr(0, protocols.find_first_of(", "));
    if (protocol == wanted) return true;
    protocols.remove_prefix(protocol.size());
  }
  return false;
}

bool is_upgrade(const HttpRequest& request) {
  return ascii_lower(request.header("upgrade")) == "websocket" &&
         !request.header("sec-websocket-key").empty();
}

void add_answers(RealtimeServices& services, const ServedModel& model, Metrics& metrics) {
  services.hears = model.chat->model().hears();
  services.answer = [&model, &metrics](engine::ChatRequest request, engine::ChatCallbacks callbacks) {
    if (model.chat->model().hears()) {
      for (processor::Message& turn : request.turns) place_recordings(turn, model.chat->model());
    }
    callbacks.on_end = [&model, &metrics, tell = std::move(callbacks.on_end)](engine::ChatOutcome outcome) {
      metrics.count(model.id, outcome);
      tell(std::move(outcome));
    };
    return model.chat->submit(std::move(request), std::move(callbacks));
  };
}

void add_transcripts(RealtimeServices& services, const ServedModels& models, Metrics& metrics) {
  services.require_speech_model = [&models](const std::string& name) { models.speech(name); };
  services.write_down = [&models, &metrics](const std::string& name, engine::TranscriptionRequest request,
                                            engine::TranscriptionCallbacks callbacks) {
    const ServedModel& model = models.speech(name);
    callbacks.on_end = [&model, &metrics,
                        tell = std::move(callbacks.on_end)](engine::TranscriptionOutcome outcome) {
      metrics.count(model.id, outcome);
      tell(std::move(outcome));
    };
    return model.speech->submit(std::move(request), std::move(callbacks));
  };
}

}  // namespace

void open_realtime(const std::shared_ptr<Exchange>& exchange, const ServedModels& models, Metrics& metrics,
                   const RealtimeOptions& options) {
  const HttpRequest& request = exchange->request();
  if (!is_upgrade(request)) {
    exchange->add_header("Upgrade", "websocket");
    throw ApiError({.status = 426, .message = "This address is for WebSockets."});
  }
  const std::string_view protocols = request.header("sec-websocket-protocol");
  const std::string name = query_value(request.query, "model").value_or("");
  const ServedModel* named = models.find(name);
  RealtimeSettings settings;
  settings.is_beta = request.header("openai-beta").find("realtime=v1") != std::string_view::npos ||
                     lists(protocols, "openai-beta.realtime-v1");
  settings.only_writes = query_value(request.query, "intent") == "transcription" ||
                         (named != nullptr && named->speech != nullptr);
  settings.temperature = options.answers.temperature;
  RealtimeServices services;
  services.detector = models::best_voice_detector;
  services.most_seconds = options.most_seconds;
  services.most_tokens = options.answers.most_tokens;
  services.answer_time = options.answer_time;
  add_transcripts(services, models, metrics);
  if (settings.only_writes) {
    settings.transcription = TranscriptionSettings{.model = models.speech(name).id};
  } else {
    const ServedModel& model = models.chat(name);
    settings.model = model.id;
    add_answers(services, model, metrics);
  }
  exchange->upgrade(std::make_shared<RealtimeSession>(std::move(settings), std::move(services)),
                    lists(protocols, "realtime") ? "realtime" : "");
}

}  // namespace auris::server
