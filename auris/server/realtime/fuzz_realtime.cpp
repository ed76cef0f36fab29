// Any lines as events of a realtime session whose models are too busy: each is answered or passed over, and
// the session goes on.

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "auris/server/realtime/realtime_session.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace auris;
  server::RealtimeServices services;
  services.answer = [](const engine::ChatRequest& request, const engine::ChatCallbacks&) {
    if (request.turns.empty() || request.options.max_tokens < 1) std::abort();
    return std::shared_ptr<engine::Ticket>();
  };
  services.write_down = [](const std::string&, const engine::TranscriptionRequest& request,
                           const engine::TranscriptionCallbacks&) {
    if (request.clip == nullptr || request.clip->samples.empty()) std::abort();
    return std::shared_ptr<engine::Ticket>();
  };
  services.require_speech_model = [](const std::string&) {};
  services.detector = audio::make_energy_detector;
  services.most_seconds = 2;
  const auto session = std::make_shared<server::RealtimeSession>(
      server::RealtimeSettings{.is_beta = size % 2 == 1}, std::move(services));
  const auto socket = std::make_shared<server::WebSocket>(size_t{1} << 20, [] {});
  session->begin(socket);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    session->take(std::string(line), true);
    if (socket->take().broken) std::abort();
  }
  session->end();
  return 0;
}
