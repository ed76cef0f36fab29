#include "auris/server/http/exchange.h"

#include <utility>

namespace auris::server {
namespace {

constexpr int kSwitchingProtocols = 101;
constexpr int kClientGone = 499;  // nginx's

}  // namespace

Exchange::Exchange(HttpRequest request, size_t most_unsent, std::function<void()> wake)
    : request_(std::move(request)), most_unsent_(most_unsent), wake_(std::move(wake)) {}

void Exchange::add_header(std::string name, std::string value) {
  const std::lock_guard lock(mutex_);
  headers_.emplace_back(std::move(name), std::move(value));
}

void Exchange::on_end(std::function<void(int status)> action) {
  const std::lock_guard lock(mutex_);
  when_ended_ = std::move(action);
}

void Exchange::begin(HttpResponse head, bool is_whole) {
  {
    const std::lock_guard lock(mutex_);
    if (begun_) return;
    begun_ = true;
    over_ = is_whole;
    status_ = head.status;
    head.headers.insert(head.headers.end(), headers_.begin(), headers_.end());
    unsent_.head = std::move(head);
    unsent_.whole = unsent_.finished = is_whole;
  }
  wake_();
  if (is_whole) tell_end(status_);
}

void Exchange::respond(HttpResponse response) { begin(std::move(response), true); }

void Exchange::begin(HttpResponse head) { begin(std::move(head), false); }

void Exchange::tell_end(int status) {
  std::function<void(int status)> action;
  {
    const std::lock_guard lock(mutex_);
    action = std::exchange(when_ended_, nullptr);
  }
  if (action) action(status);
}

bool Exchange::send(std::string_view piece) {
  bool broken = false;
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || over_ || unsent_.broken) return false;
    unsent_.broken = broken = unsent_.pieces.size() + piece.size() > most_unsent_;
    if (!broken) unsent_.pieces += piece;
  }
  wake_();
  return !broken;
}

void Exchange::finish() {
  {
    const std::lock_guard lock(mutex_);
    if (over_) return;
    over_ = true;
    unsent_.finished = true;
  }
  wake_();
  tell_end(status_);
}

void Exchange::upgrade(std::shared_ptr<WebSocketSession> session, std::string protocol) {
  {
    const std::lock_guard lock(mutex_);
    if (begun_) return;
    begun_ = over_ = true;
    unsent_.session = std::move(session);
    unsent_.protocol = std::move(protocol);
    unsent_.headers = headers_;
  }
  wake_();
  tell_end(kSwitchingProtocols);
}

void Exchange::on_gone(std::function<void()> action) {
  {
    const std::lock_guard lock(mutex_);
    if (!gone_) {
      when_gone_ = std::move(action);
      return;
    }
  }
  action();
}

Exchange::Unsent Exchange::take() {
  const std::lock_guard lock(mutex_);
  Unsent taken = std::move(unsent_);
  unsent_ = {.finished = taken.finished, .broken = taken.broken};
  return taken;
}

void Exchange::set_gone() {
  std::function<void()> action;
  {
    const std::lock_guard lock(mutex_);
    if (gone_) return;
    gone_ = true;
    if (!over_) action = std::move(when_gone_);
    when_gone_ = nullptr;
  }
  if (action) action();
  tell_end(kClientGone);
}

}  // namespace auris::server
