#pragma once
// The bytes to and from one client, in the clear or by TLS (OpenSSL): a stream of Boost.Asio for
// Boost.Beast's HTTP and WebSockets, whichever it is.

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace auris::server {

class ClientStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;

  // `tls` is null for a stream in the clear, and otherwise outlives this.
  ClientStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
      : tcp_(std::move(socket)) {
    if (tls != nullptr) tls_.emplace(tcp_, *tls);
  }
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  executor_type get_executor() { return tcp_.get_executor(); }
  // Beneath TLS: its clock, its address.
  boost::beast::tcp_stream& tcp() { return tcp_; }
  bool is_tls() const { return tls_.has_value(); }

  // With a client that speaks TLS; nothing to do with others.
  boost::asio::awaitable<void> greet(boost::system::error_code& error);
  // Says that nothing more will be said, and with TLS waits for the client to say so, too.
  boost::asio::awaitable<void> say_last();

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_read_some(buffers, std::forward<Token>(token));
    return tcp_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    if (tls_) return tls_->async_write_some(buffers, std::forward<Token>(token));
    return tcp_.async_write_some(buffers, std::forward<Token>(token));
  }

  // How a WebSocket ends its stream.
  friend void teardown(boost::beast::role_type role, ClientStream& stream, boost::system::error_code& error) {
    if (stream.tls_) return boost::beast::teardown(role, *stream.tls_, error);
    boost::beast::websocket::teardown(role, stream.tcp_.socket(), error);
  }
  template <class Handler>
  friend void async_teardown(boost::beast::role_type role, ClientStream& stream, Handler&& handler) {
    if (stream.tls_) return boost::beast::async_teardown(role, *stream.tls_, std::forward<Handler>(handler));
    boost::beast::websocket::async_teardown(role, stream.tcp_.socket(), std::forward<Handler>(handler));
  }
  friend void beast_close_socket(ClientStream& stream) { stream.tcp_.close(); }

 private:
  boost::beast::tcp_stream tcp_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace auris::server
