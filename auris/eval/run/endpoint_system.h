#pragma once
// The model of a server as a system under test, so that other engines can be compared.

#include <memory>
#include <string>

#include "auris/eval/endpoint/chat_endpoint.h"
#include "auris/eval/run/system.h"

namespace auris::eval {

struct EndpointSystemOptions {
  bool hears = true;  // false: it reads what was truly said, as the oracle does
  int32_t max_tokens = 96;
  std::string transcriber =
      {};  // writes down what a read instruction asks to write down; empty: the chat model
};

// Greedy. Recordings are sent as 16-bit WAV where the item's prompt marks them.
std::unique_ptr<System> make_endpoint_system(EndpointOptions endpoint,
                                             const EndpointSystemOptions& options = {});

}  // namespace auris::eval
