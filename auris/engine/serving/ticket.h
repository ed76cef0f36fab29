#pragma once
// Work that somebody else does: how to call it off, and when it has to be done.

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>

#include "auris/base/error.h"

namespace auris::engine {

using Deadline = std::optional<std::chrono::steady_clock::time_point>;

class Ticket {
 public:
  void cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

 private:
  std::atomic<bool> cancelled_ = false;
};

// An Error of kCancelled that tells what came between.
inline std::exception_ptr cancelled_by(const std::string& what) {
  return std::make_exception_ptr(
      Error(ErrorCode::kCancelled, {.where = "serving", .expected = "to finish", .got = what, .hint = ""}));
}

// Why work ends before it is done; null while it goes on.
inline std::exception_ptr interruption_of(const Ticket& ticket, const Deadline& deadline) {
  if (ticket.cancelled()) return cancelled_by("a request to stop");
  if (deadline && std::chrono::steady_clock::now() >= *deadline) return cancelled_by("no time left");
  return {};
}

}  // namespace auris::engine
