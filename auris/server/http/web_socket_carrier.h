#pragma once
// Carries a WebSocket over a connection that a client wants to become one, by Boost.Beast. Part of the HTTP
// server.

#include <chrono>
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "auris/server/http/client_stream.h"
#include "auris/server/http/http_message.h"
#include "auris/server/http/web_socket.h"

namespace auris::server {

struct WebSocketUpgrade {
  std::shared_ptr<WebSocketSession> session;
  std::string protocol = {};  // the one that is chosen of those that the client knows; empty for none
  HttpHeaders headers = {};   // of the answer
};

struct WebSocketLimits {
  size_t message_bytes = 0;  // of one message; longer ones close the socket
  size_t unsent_bytes = 0;
  std::chrono::seconds idle_time{60};  // without a sign of life; there are pings
};

// Until the socket is closed. Runs the session on `handlers`.
boost::asio::awaitable<void> carry_web_socket(ClientStream& stream, const HttpRequest& request,
                                              const WebSocketUpgrade& upgrade, const WebSocketLimits& limits,
                                              boost::asio::thread_pool& handlers);

}  // namespace auris::server
