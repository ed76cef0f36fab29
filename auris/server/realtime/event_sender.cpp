#include "auris/server/realtime/event_sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include "auris/base/json_text.h"
#include "auris/server/api/router.h"

namespace auris::server {
namespace {

using nlohmann::ordered_json;

// Names that the beta had others for; empty = none.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kBetaNames = {{
    {"conversation.item.added", "conversation.item.created"},
    {"conversation.item.done", ""},
    {"response.output_text.delta", "response.text.delta"},
    {"response.output_text.done", "response.text.done"},
}};

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

}  // namespace

std::string EventSender::text_of(std::string_view type, ordered_json event) const {
  if (is_beta_) {
    const auto* name =
        std::ranges::find(kBetaNames, type, &std::pair<std::string_view, std::string_view>::first);
    if (name != kBetaNames.end()) type = name->second;
    if (type.empty()) return "";
  }
  ordered_json whole = {{"type", type}, {"event_id", new_id("event_")}};
  whole.update(event);
  return json_line(whole);
}

void EventSender::send(std::string_view type, ordered_json event) {
  if (!holds_) return send_now(type, std::move(event));
  if (std::string text = text_of(type, std::move(event)); !text.empty()) held_.push_back(std::move(text));
}

void EventSender::send_now(std::string_view type, ordered_json event) {
  if (!socket_) return;
  if (std::string text = text_of(type, std::move(event)); !text.empty()) socket_->send(std::move(text));
}

void EventSender::release() {
  holds_ = false;
  for (std::string& event : std::exchange(held_, {})) {
    if (socket_) socket_->send(std::move(event));
  }
}

void EventSender::drop() {
  holds_ = false;
  held_.clear();
}

void EventSender::send_error(const ApiErrorParts& parts, const std::string& event_id) {
  ordered_json error = error_json(parts);
  error["event_id"] = text_or_null(event_id);
  send_now("error", {{"error", std::move(error)}});
}

void EventSender::close(CloseCode code, std::string reason) {
  if (socket_) socket_->close(code, std::move(reason));
}

}  // namespace auris::server
