#pragma once
// Events to the client of a realtime session, in the names of OpenAI's present API or of its beta. Not
// thread-safe.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/server/api/api_error.h"
#include "auris/server/http/web_socket.h"

namespace auris::server {

class EventSender {
 public:
  explicit EventSender(bool is_beta) : is_beta_(is_beta) {}

  void set(std::shared_ptr<WebSocket> socket) { socket_ = std::move(socket); }
  bool is_beta() const { return is_beta_; }
  // `type` in the present names; `event` without type and id. What the beta did not have is not sent.
  void send(std::string_view type, nlohmann::ordered_json event);
  void send_now(std::string_view type, nlohmann::ordered_json event);  // also while others are held
  // What is sent from now on is kept, to be released in its order or dropped.
  void hold() { holds_ = true; }
  void release();
  void drop();
  // `event_id`: the client's, of the event that was wrong; empty if it had none.
  void send_error(const ApiErrorParts& parts, const std::string& event_id);
  void close(CloseCode code, std::string reason);

 private:
  std::string text_of(std::string_view type, nlohmann::ordered_json event) const;  // empty: not to be sent

  bool is_beta_;
  std::shared_ptr<WebSocket> socket_;
  bool holds_ = false;
  std::vector<std::string> held_;
};

}  // namespace auris::server
