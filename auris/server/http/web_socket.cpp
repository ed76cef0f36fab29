#include "auris/server/http/web_socket.h"

#include <utility>

namespace auris::server {

WebSocket::WebSocket(size_t most_unsent, std::function<void()> wake)
    : most_unsent_(most_unsent), wake_(std::move(wake)) {}

bool WebSocket::send(std::string text) {
  bool broken = false;
  {
    const std::lock_guard lock(mutex_);
    if (unsent_.gone || unsent_.closing || unsent_.broken) return false;
    unsent_bytes_ += text.size();
    unsent_.broken = broken = unsent_bytes_ > most_unsent_;
    if (!broken) unsent_.messages.push_back(std::move(text));
  }
  wake_();
  return !broken;
}

void WebSocket::close(CloseCode code, std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    if (unsent_.gone || unsent_.closing) return;
    unsent_.closing = Closing{.code = code, .reason = std::move(reason)};
  }
  wake_();
}

WebSocket::Unsent WebSocket::take() {
  const std::lock_guard lock(mutex_);
  Unsent taken = unsent_;
  unsent_.messages.clear();
  unsent_bytes_ = 0;
  return taken;
}

void WebSocket::set_gone() {
  {
    const std::lock_guard lock(mutex_);
    unsent_.gone = true;
  }
  wake_();
}

}  // namespace auris::server
