#include "apps/endpoint_flags.h"

#include <cstdlib>

namespace auris::apps {
namespace {

[[noreturn]] void fail(const std::string& expected, const std::string& got) {
  throw Error(ErrorCode::kUsage, {.where = "endpoint", .expected = expected, .got = got, .hint = ""});
}

}  // namespace

void add_endpoint_flags(CLI::App* command, EndpointFlags& flags) {
  command
      ->add_option("--endpoint", flags.url,
                   "A server with the OpenAI protocol, as far as /chat/completions: http://127.0.0.1:8000/v1")
      ->type_name("URL");
  command->add_option("--endpoint-model", flags.model, "The model's name on that server")->type_name("NAME");
  command
      ->add_option("--api-key-env", flags.key_variable,
                   "Environment variable that holds the server's key; none is sent without it")
      ->type_name("VAR");
  command->add_option("--timeout", flags.timeout_s, "Longest wait for an answer, in seconds")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command->add_option("--attempts", flags.attempts, "How often a server that is busy or silent is asked")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
}

eval::EndpointOptions endpoint_options(const EndpointFlags& flags, const CommonOptions& common) {
  if (common.offline) fail("no --offline with an endpoint", "--offline");
  if (flags.url.empty()) fail("--endpoint URL", "none");
  if (flags.model.empty()) fail("--endpoint-model NAME", "none");
  eval::EndpointOptions options{
      .url = flags.url, .model = flags.model, .timeout_s = flags.timeout_s, .cancelled = interrupted};
  options.retry.attempts = flags.attempts;
  if (flags.key_variable.empty()) return options;
  const char* key = std::getenv(flags.key_variable.c_str());
  if (key == nullptr || *key == '\0') {
    fail("a key in the variable that --api-key-env names", quoted(flags.key_variable) + ", which is not set");
  }
  options.api_key = key;
  return options;
}

}  // namespace auris::apps
