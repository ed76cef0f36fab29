#include "auris/server/http/client_stream.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace auris::server {

namespace asio = boost::asio;
using boost::system::error_code;

asio::awaitable<void> ClientStream::greet(error_code& error) {
  error = {};
  if (!tls_) co_return;
  co_await tls_->async_handshake(asio::ssl::stream_base::server,
                                 asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> ClientStream::say_last() {
  error_code ignored;
  if (tls_) co_await tls_->async_shutdown(asio::redirect_error(asio::use_awaitable, ignored));
  tcp_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace auris::server
