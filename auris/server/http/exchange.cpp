#include "auris/server/http/exchange.h"

#include <utility>

namespace auris::server {

Exchange::Exchange(HttpRequest request, size_t most_unsent, std::function<void()> wake)
    : request_(std::move(request)), most_unsent_(most_unsent), wake_(std::move(wake)) {}

void Exchange::respond(HttpResponse response) {
  {
    const std::lock_guard lock(mutex_);
    if (begun_) return;
    begun_ = over_ = true;
    unsent_.head = std::move(response);
    unsent_.whole = unsent_.finished = true;
  }
  wake_();
}

void Exchange::begin(HttpResponse head) {
  {
    const std::lock_guard lock(mutex_);
    if (begun_) return;
    begun_ = true;
    unsent_.head = std::move(head);
  }
  wake_();
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
}

}  // namespace auris::server
