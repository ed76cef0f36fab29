#pragma once
// Carries requests to a handler and its answers back: HTTP/1.1 by Boost.Beast, in the clear or by TLS, a
// coroutine for each connection on one thread, handlers on threads of their own. Everything that a client
// could make large or slow has a limit.
//
//   HttpServer server({.port = 8080}, handler);   // listens
//   server.stop(std::chrono::seconds(10));        // takes no more, finishes what it has

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "auris/server/http/exchange.h"

namespace auris::server {

// PEM: a certificate with those that vouch for it behind it, and its private key.
struct TlsFiles {
  std::string certificate_path = {}, key_path = {};
};

struct HttpOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 8080;              // 0 = any that is free
  int handlers = 4;                  // threads that run the handler
  std::optional<TlsFiles> tls = {};  // in the clear without

  size_t header_bytes = 16 << 10;
  uint64_t body_bytes = 256 << 20;
  size_t connections = 1024;             // more are refused
  size_t unsent_bytes = 4 << 20;         // of an answer in pieces, waiting for a slow reader
  size_t message_bytes = 16 << 20;       // of one message over a WebSocket
  std::chrono::seconds header_time{10};  // to send a request's headers
  std::chrono::seconds body_time{120};   // to send its body
  std::chrono::seconds idle_time{75};    // between requests
  std::chrono::seconds write_time{30};   // for a client that takes nothing
  std::chrono::seconds silent_time{60};  // of a WebSocket whose client answers no ping
};

// Runs on a handler thread. An exception becomes `refusal(500)`.
using HttpHandler = std::function<void(const std::shared_ptr<Exchange>& exchange)>;
// The answer to what never reaches the handler (400, 408, 413, 431, 503) and to what it failed at (500).
using HttpRefusal = std::function<HttpResponse(int status)>;

// Asked as soon as the headers of a request with a body are there, on the thread of all connections: an
// answer refuses it before the body is read, and the connection is closed. Must neither throw nor wait.
using HttpGate = std::function<std::optional<HttpResponse>(const HttpRequest& head)>;

class HttpServer {
 public:
  // Throws kUsage if it cannot listen there, or with those certificates.
  HttpServer(const HttpOptions& options, HttpHandler handler, HttpRefusal refusal, HttpGate gate = {});
  ~HttpServer();  // stop() without patience

  uint16_t port() const;  // where it listens
  size_t connections() const;

  // Listens no more and closes what is idle; answers and WebSockets that are on their way have `patience` to
  // end.
  void stop(std::chrono::milliseconds patience);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace auris::server
