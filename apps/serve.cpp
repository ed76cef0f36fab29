// auris serve: the models over HTTP, in the words of OpenAI's API.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "apps/device_flag.h"
#include "apps/program.h"
#include "auris/base/log.h"
#include "auris/base/trimmed.h"
#include "auris/server/server.h"

namespace auris::apps {
namespace {

struct ServeFlags {
  server::ServerOptions options;
  std::string key_file;
  server::TlsFiles tls;
  std::string kv_cache = "f32";
  int64_t request_time_s = 600, drain_s = 30;
  uint64_t body_mib = 256;
};

std::vector<std::string> keys_in(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> keys;
  for (std::string line; std::getline(file, line);) {
    const std::string_view key = trimmed(line, " \t\r");
    if (!key.empty() && !key.starts_with('#')) keys.emplace_back(key);
  }
  if (keys.empty()) {
    throw Error(ErrorCode::kUsage, {.where = "--api-key-file",
                                    .expected = "a file with a key in every line",
                                    .got = quoted(path, 300) + ", which has none",
                                    .hint = ""});
  }
  return keys;
}

server::ServerOptions options_of(const ServeFlags& flags) {
  server::ServerOptions options = flags.options;
  if (!flags.key_file.empty()) {
    const std::vector<std::string> keys = keys_in(flags.key_file);
    options.access.keys.insert(options.access.keys.end(), keys.begin(), keys.end());
  }
  if (!flags.tls.certificate_path.empty()) options.http.tls = flags.tls;
  options.http.body_bytes = flags.body_mib << 20;
  options.request_time = std::chrono::seconds(flags.request_time_s);
  if (flags.kv_cache == "f16") options.models.chat.kv_cache = DType::kF16;
  if (flags.kv_cache == "q8_0") options.models.chat.kv_cache = DType::kQ8_0;
  return options;
}

// glibc gives threads arenas of their own, up to eight for each core, which keep what was once used: a server
// with many clients grows. With two it stays where it is (bench/serve/load.py).
void keep_memory_together() {
#ifdef __GLIBC__
  if (std::getenv("MALLOC_ARENA_MAX") == nullptr) mallopt(M_ARENA_MAX, 2);
#endif
}

int serve(const ServeFlags& flags) {
  keep_memory_together();
  const server::ServerOptions options = options_of(flags);
  interrupt_on(SIGTERM);
  server::Server server(options);
  const std::string address =
      fmt::format("{}://{}:{}", options.http.tls ? "https" : "http", options.http.host, server.port());
  if (options.access.keys.empty() && options.http.host != "127.0.0.1" && options.http.host != "::1")
    log(LogLevel::kWarning, "{} can be reached from other machines, and no --api-key is set", address);
  server.load();
  print_line("listening on " + address);
  while (!interrupted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  log(LogLevel::kInfo, "finishing what is under way; once more to end at once");
  server.stop(std::chrono::seconds(flags.drain_s));
  return 0;
}

void add_tls_flags(CLI::App& command, server::TlsFiles& files) {
  CLI::Option* certificate =
      command
          .add_option("--tls-certificate", files.certificate_path,
                      "Serve by HTTPS: PEM file of the certificate and those that vouch for it")
          ->check(CLI::ExistingFile);
  CLI::Option* key = command.add_option("--tls-key", files.key_path, "PEM file of its private key")
                         ->check(CLI::ExistingFile);
  certificate->needs(key);
  key->needs(certificate);
}

void add_model_flags(CLI::App& command, ServeFlags& flags) {
  server::ServedModelsOptions& models = flags.options.models;
  models.names = {"whisper-base", "smollm2-135m-instruct"};
  command
      .add_option("-m,--model", models.names,
                  "Models to load; the first speech model listens for those that only read")
      ->take_all()
      ->capture_default_str();
  command
      .add_option("-c,--context", models.chat.context_tokens,
                  "Tokens of a conversation; 0 = what the model was made for")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command.add_option("--kv-cache", flags.kv_cache, "Type of keys and values: f32, f16 or q8_0")
      ->check(CLI::IsMember({"f32", "f16", "q8_0"}))
      ->capture_default_str();
  command.add_option("--parallel", models.chat.most_running, "Conversations answered at once")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command
      .add_option("--queue", models.chat.most_waiting,
                  "Conversations that may wait; more are refused with 503")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command
      .add_option("--max-tokens", flags.options.chat.most_tokens,
                  "Tokens of an answer whose request sets no limit")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  command
      .add_option("--temperature", flags.options.chat.temperature,
                  "Of answers whose request sets none; 0 = the likeliest")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  add_device_flag(command, models.device);
}

void add_limit_flags(CLI::App& command, ServeFlags& flags) {
  command.add_option("--timeout", flags.request_time_s, "Seconds that a request may take")
      ->check(CLI::Range(1, 86400))
      ->capture_default_str();
  command
      .add_option("--drain", flags.drain_s, "Seconds that requests have to end when the server is stopped")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command.add_option("--max-body", flags.body_mib, "MiB of a request")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command.add_option("--max-audio", flags.options.recordings.most_seconds, "Seconds of a recording")
      ->check(CLI::Range(1.0, 86400.0))
      ->capture_default_str();
  command
      .add_option("--audio-host", flags.options.recordings.hosts,
                  "Hosts that recordings of requests are fetched from; none = only those that are sent")
      ->delimiter(',');
  command.add_flag("--private-audio-hosts", flags.options.recordings.private_hosts,
                   "These hosts may lie in a private network");
  command
      .add_option(
          "--rate-limit", flags.options.access.requests_per_minute,
          "Requests a minute from one key, or from one address where there are no keys; 0 = any number")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace

void add_serve(Program& program) {
  auto flags = std::make_shared<ServeFlags>();
  CLI::App* command = program.add_command("serve", "Answer over HTTP, as OpenAI's API does",
                                          [flags] { return serve(*flags); });
  server::ServerOptions& options = flags->options;
  command->add_option("--host", options.http.host, "Address to listen on; 0.0.0.0 = all of this machine")
      ->capture_default_str();
  command->add_option("--port", options.http.port, "Port to listen on; 0 = any that is free")
      ->capture_default_str();
  command->add_option("--api-key", options.access.keys, "Keys that open the server; none = open to all")
      ->delimiter(',');
  command->add_option("--api-key-file", flags->key_file, "File with a key in every line");
  command
      ->add_option(
          "--server-name", options.access.names,
          "Names of this server in addresses, for one without keys on 127.0.0.1; localhost needs none")
      ->delimiter(',');
  command->add_option("--cors-origin", options.access.origins, "Origins of web pages that may ask; * = any")
      ->delimiter(',');
  add_tls_flags(*command, flags->tls);
  add_model_flags(*command, *flags);
  add_limit_flags(*command, *flags);
  command->footer(
      "Example: auris serve --port 8080 &\n"
      "         curl localhost:8080/v1/audio/transcriptions -F file=@talk.opus -F response_format=srt");
}

}  // namespace auris::apps
