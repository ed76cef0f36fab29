#pragma once
// The whole server: listens at once, loads its models meanwhile, and answers over OpenAI's API.
//
//   Server server({.models = {.names = {"whisper-base", "smollm2-135m-instruct"}}});
//   server.load();                            // until then /ready and the rest answer 503
//   server.stop(std::chrono::seconds(10));    // finishes what it has

#include <atomic>
#include <chrono>
#include <memory>

#include "auris/server/api/access.h"
#include "auris/server/api/recording_reader.h"
#include "auris/server/api/router.h"
#include "auris/server/chat/chat_call.h"
#include "auris/server/http/http_server.h"
#include "auris/server/models/metrics.h"
#include "auris/server/models/served_models.h"
#include "auris/server/page/page.h"

namespace auris::server {

struct ServerOptions {
  HttpOptions http = {};
  AccessOptions access = {};
  ServedModelsOptions models = {};
  RecordingLimits recordings = {};
  ChatDefaults chat = {};
  std::chrono::seconds request_time{600};  // from a request to the end of its answer
};

class Server {
 public:
  // Throws kUsage if it cannot listen.
  explicit Server(const ServerOptions& options);
  ~Server();

  // Throws as ServedModels does.
  void load();
  uint16_t port() const { return http_->port(); }
  void stop(std::chrono::milliseconds patience) { http_->stop(patience); }

 private:
  using ExchangePointer = std::shared_ptr<Exchange>;

  void add_routes();
  // Throws ApiError 503 while they load.
  const ServedModels& models() const;
  engine::Deadline deadline() const;

  void health(const ExchangePointer& exchange) const;
  void ready(const ExchangePointer& exchange) const;
  void list_models(const ExchangePointer& exchange) const;
  void show_model(const ExchangePointer& exchange, const std::string& id) const;
  void show_metrics(const ExchangePointer& exchange) const;
  void tokenize(const ExchangePointer& exchange) const;
  void chat(const ExchangePointer& exchange);
  void realtime(const ExchangePointer& exchange);
  void transcribe(const ExchangePointer& exchange, generate::WhisperTask task);

  ServerOptions options_;
  RecordingReader recordings_;
  Access access_;
  Metrics metrics_;
  Page page_;
  Router router_;
  int64_t begun_;  // seconds since 1970
  std::unique_ptr<const ServedModels> loaded_;
  std::atomic<const ServedModels*> models_ = nullptr;
  std::unique_ptr<HttpServer> http_;  // the first to go: requests need the rest
};

}  // namespace auris::server
