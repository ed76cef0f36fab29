#include "auris/server/http/web_socket_carrier.h"

#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "auris/base/log.h"

namespace auris::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::awaitable;
using asio::use_awaitable;
using boost::system::error_code;

http::request<http::empty_body> beast_request(const HttpRequest& request) {
  http::request<http::empty_body> result(http::verb::get, request.path, 11);
  for (const auto& [name, value] : request.headers) result.insert(name, value);
  return result;
}

class Carrier {
 public:
  Carrier(ClientStream& stream, const WebSocketUpgrade& upgrade, const WebSocketLimits& limits,
          asio::thread_pool& handlers)
      : stream_(stream),
        socket_(stream),
        upgrade_(upgrade),
        changed_(std::make_shared<asio::steady_timer>(stream.get_executor())),
        handlers_(handlers) {
    stream_.tcp().expires_never();  // the socket has its own clock
    socket_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(10),
                                                       .idle_timeout = limits.idle_time,
                                                       .keep_alive_pings = true});
    socket_.set_option(websocket::stream_base::decorator([&upgrade](websocket::response_type& response) {
      for (const auto& [name, value] : upgrade.headers) response.set(name, value);
      if (!upgrade.protocol.empty()) response.set(http::field::sec_websocket_protocol, upgrade.protocol);
    }));
    socket_.read_message_max(limits.message_bytes);
    // Whoever still holds the session's end of it may outlive this connection.
    shared_ = std::make_shared<WebSocket>(limits.unsent_bytes,
                                          [executor = stream.get_executor(), weak = std::weak_ptr(changed_)] {
                                            asio::post(executor, [weak] {
                                              if (const auto changed = weak.lock()) changed->cancel();
                                            });
                                          });
  }

  awaitable<void> run(const HttpRequest& request) {
    using namespace asio::experimental::awaitable_operators;
    error_code error;
    co_await socket_.async_accept(beast_request(request), asio::redirect_error(use_awaitable, error));
    if (error) co_return;
    co_await (read() && write());
  }

 private:
  // False if the session has failed.
  template <typename Call>
  awaitable<bool> on_handler(Call call) {
    bool is_done = false;
    co_await asio::co_spawn(
        handlers_,
        [&]() -> awaitable<void> {
          try {
            call(*upgrade_.session);
            is_done = true;
          } catch (const std::exception& failure) {
            log(LogLevel::kError, "WebSocket: {}", failure.what());
            shared_->close(CloseCode::kInternal, "The server failed.");
          }
          co_return;
        },
        use_awaitable);
    co_return is_done;
  }

  awaitable<void> read() {
    bool goes_on = co_await on_handler([this](WebSocketSession& session) { session.begin(shared_); });
    error_code error;
    beast::flat_buffer buffer;
    while (true) {
      co_await socket_.async_read(buffer, asio::redirect_error(use_awaitable, error));
      if (error) break;
      if (goes_on) {
        const std::string message = beast::buffers_to_string(buffer.data());
        goes_on = co_await on_handler(
            [&](WebSocketSession& session) { session.take(message, socket_.got_text()); });
      }
      buffer.consume(buffer.size());
    }
    shared_->set_gone();
    co_await on_handler([](WebSocketSession& session) { session.end(); });
  }

  awaitable<void> write() {
    error_code error;
    while (true) {
      WebSocket::Unsent unsent = shared_->take();
      if (unsent.gone) co_return;
      if (unsent.broken) {
        stream_.tcp().close();  // ends read()
        co_return;
      }
      for (const std::string& message : unsent.messages) {
        socket_.text(true);
        co_await socket_.async_write(asio::buffer(message), asio::redirect_error(use_awaitable, error));
        if (error) co_return;
      }
      if (unsent.closing) {
        const websocket::close_reason reason(static_cast<websocket::close_code>(unsent.closing->code),
                                             unsent.closing->reason);
        co_await socket_.async_close(reason, asio::redirect_error(use_awaitable, error));
        co_return;
      }
      if (!unsent.messages.empty()) continue;  // more may have come meanwhile
      changed_->expires_at(asio::steady_timer::time_point::max());
      co_await changed_->async_wait(asio::redirect_error(use_awaitable, error));
    }
  }

  ClientStream& stream_;
  websocket::stream<ClientStream&> socket_;
  const WebSocketUpgrade& upgrade_;
  std::shared_ptr<asio::steady_timer> changed_;
  std::shared_ptr<WebSocket> shared_;
  asio::thread_pool& handlers_;
};

}  // namespace

awaitable<void> carry_web_socket(ClientStream& stream, const HttpRequest& request,
                                 const WebSocketUpgrade& upgrade, const WebSocketLimits& limits,
                                 asio::thread_pool& handlers) {
  Carrier carrier(stream, upgrade, limits, handlers);
  co_await carrier.run(request);
}

}  // namespace auris::server
