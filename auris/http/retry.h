#pragma once
// Requests to servers that are busy, restarting or out of reach for a moment.

#include "auris/http/request.h"

namespace auris::http {

struct RetryOptions {
  int attempts = 5;
  double first_wait_s = 1;  // twice as long each time, or as long as the server's Retry-After asks for
  double max_wait_s = 60;
};

// Whether a server may answer the same request with another status later: 408, 429, 5xx.
bool may_pass(long status);

// send(), again while no reply comes or its status may pass. Returns the last reply, or throws the last
// error.
Reply send_with_retries(const Request& request, const RetryOptions& options = {});

}  // namespace auris::http
