#pragma once
// Which server that speaks the OpenAI protocol is asked.

#include <string>

#include "apps/program.h"
#include "auris/eval/endpoint/chat_endpoint.h"

namespace auris::apps {

struct EndpointFlags {
  std::string url, model, key_variable;
  double timeout_s = eval::EndpointOptions().timeout_s;
  int attempts = eval::EndpointOptions().retry.attempts;
};

void add_endpoint_flags(CLI::App* command, EndpointFlags& flags);

// kUsage without a server or a model, for a variable that is not set, and with --offline.
eval::EndpointOptions endpoint_options(const EndpointFlags& flags, const CommonOptions& common);

}  // namespace auris::apps
