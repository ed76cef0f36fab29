#include "auris/http/retry.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <thread>

#include "auris/base/error.h"
#include "auris/base/log.h"
#include "auris/http/curl_handle.h"

namespace auris::http {
namespace {

// In steps, so that a request to stop is heard.
void wait(double seconds, const Request& request) {
  using Clock = std::chrono::steady_clock;
  const auto end =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  while (Clock::now() < end) {
    if (request.cancelled && request.cancelled()) {
      throw Error(ErrorCode::kCancelled, {.where = "http",
                                          .expected = "a reply from " + quoted(request.url, 300),
                                          .got = "a request to stop",
                                          .hint = ""});
    }
    std::this_thread::sleep_for(
        std::min<Clock::duration>(end - Clock::now(), std::chrono::milliseconds(100)));
  }
}

// Seconds only; a date is not taken.
double asked_wait_s(const Reply& reply) {
  const std::string text = header_of(reply.headers, "retry-after");
  char* end = nullptr;
  const double seconds = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(seconds) ? seconds : 0;
}

}  // namespace

bool may_pass(long status) { return status == 408 || status == 429 || status >= 500; }

Reply send_with_retries(const Request& request, const RetryOptions& options) {
  double wait_s = options.first_wait_s;
  for (int attempt = 1;; ++attempt, wait_s *= 2) {
    double asked_s = 0;
    try {
      Reply reply = send(request);
      if (!may_pass(reply.status) || attempt >= options.attempts) return reply;
      asked_s = asked_wait_s(reply);
      log(LogLevel::kInfo, "{}: status {}, attempt {} of {}", request.url, reply.status, attempt,
          options.attempts);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kNetwork || attempt >= options.attempts) throw;
      log(LogLevel::kInfo, "{}, attempt {} of {}", error.what(), attempt, options.attempts);
    }
    wait(std::min(std::max(wait_s, asked_s), options.max_wait_s), request);
  }
}

}  // namespace auris::http
