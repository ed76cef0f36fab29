#include "auris/server/http/http_server.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "auris/base/ascii_lower.h"
#include "auris/base/error.h"
#include "auris/base/log.h"
#include "auris/server/http/client_stream.h"
#include "auris/server/http/tls_context.h"
#include "auris/server/http/web_socket_carrier.h"

namespace auris::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;

// To tell a client why it is refused, and to read what it still sends.
constexpr std::chrono::seconds kLastWords{2};

using RequestParser = http::request_parser<http::string_body>;

int status_of(const error_code& error) {
  if (error == http::error::body_limit) return 413;
  if (error == http::error::header_limit) return 431;
  if (error == beast::error::timeout) return 408;
  return 400;
}

// A client that has closed its side wants no answer.
bool is_end(const error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         error == asio::error::eof || error == asio::error::connection_reset ||
         error == asio::error::operation_aborted;
}

// Headers that two programs could read in two ways.
bool is_ambiguous(const RequestParser& parser) {
  const auto& fields = parser.get();
  const auto count = [&](http::field field) {
    const auto range = fields.equal_range(field);
    return std::distance(range.first, range.second);
  };
  const auto length = count(http::field::content_length), encoding = count(http::field::transfer_encoding);
  return length > 1 || encoding > 1 || (length > 0 && encoding > 0) || count(http::field::host) > 1 ||
         count(http::field::authorization) > 1 || count(http::field::content_type) > 1 ||
         (fields.version() >= 11 && count(http::field::host) == 0);
}

// Without the body.
HttpRequest request_head(const http::request<http::string_body>& from, const std::string& peer) {
  HttpRequest request;
  request.method = from.method_string();
  request.path = from.target();
  request.peer = peer;
  if (const size_t mark = request.path.find('?'); mark != std::string::npos) {
    request.query = request.path.substr(mark + 1);
    request.path.resize(mark);
  }
  for (const auto& field : from)
    request.headers.emplace_back(ascii_lower(field.name_string()), std::string(field.value()));
  return request;
}

HttpRequest request_of(http::request<http::string_body>&& from, const std::string& peer) {
  HttpRequest request = request_head(from, peer);
  request.body = std::move(from.body());
  return request;
}

template <typename Body>
http::response<Body> head_of(const HttpResponse& response, unsigned version, bool keep_alive) {
  http::response<Body> head(static_cast<http::status>(response.status), version);
  head.set(http::field::content_type, response.content_type);
  for (const auto& [name, value] : response.headers) head.set(name, value);
  head.keep_alive(keep_alive);
  return head;
}

}  // namespace

class HttpServer::Implementation {
 public:
  Implementation(const HttpOptions& options, HttpHandler handler, HttpRefusal refusal, HttpGate gate)
      : options_(options),
        handler_(std::move(handler)),
        refusal_(std::move(refusal)),
        gate_(std::move(gate)),
        tls_(options.tls ? make_tls_context(options.tls->certificate_path, options.tls->key_path) : nullptr),
        acceptor_(*context_),
        handlers_(static_cast<size_t>(std::max(1, options.handlers))) {
    listen();
    asio::co_spawn(*context_, accept(), asio::detached);
    thread_ = std::thread([this] { context_->run(); });
  }

  ~Implementation() {
    stop(std::chrono::milliseconds(0));
    thread_.join();
    handlers_.join();
  }

  uint16_t port() const { return port_; }
  size_t connections() const { return open_; }

  void stop(std::chrono::milliseconds patience) {
    {
      std::unique_lock lock(mutex_);
      if (!stopping_) {
        stopping_ = true;
        asio::post(*context_, [this] {
          error_code ignored;
          acceptor_.close(ignored);
          for (Connection* connection : connections_) {
            if (connection->is_idle) connection->stream.tcp().cancel();
            if (connection->session) connection->session->stop();
          }
        });
      }
      all_closed_.wait_for(lock, patience, [this] { return open_ == 0; });
    }
    asio::post(*context_, [this] {
      for (Connection* connection : connections_) connection->stream.tcp().cancel();
    });
    std::unique_lock lock(mutex_);
    all_closed_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  struct Connection {
    Connection(tcp::socket socket, asio::ssl::context* tls)
        : stream(std::move(socket), tls), changed(stream.get_executor()) {}

    ClientStream stream;
    asio::steady_timer changed;  // expires when the answer goes on
    beast::flat_buffer buffer = {};
    std::string peer = {};
    bool is_idle = true;
    std::shared_ptr<WebSocketSession> session = {};  // once it has become a WebSocket
  };

  void listen() {
    try {
      const tcp::endpoint place(asio::ip::make_address(options_.host), options_.port);
      acceptor_.open(place.protocol());
      acceptor_.set_option(asio::socket_base::reuse_address(true));
      acceptor_.bind(place);
      acceptor_.listen();
      port_ = acceptor_.local_endpoint().port();
    } catch (const boost::system::system_error& error) {
      throw Error(
          ErrorCode::kUsage,
          {.where = "serve",
           .expected = "to listen on " + options_.host + ":" + std::to_string(options_.port),
           .got = error.code().message(),
           .hint = "choose another --port, or the address of an interface of this machine as --host"});
    }
  }

  awaitable<void> accept() {
    while (true) {
      error_code error;
      tcp::socket socket = co_await acceptor_.async_accept(asio::redirect_error(use_awaitable, error));
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
      if (error) {  // too many open files, say: others may close meanwhile
        asio::steady_timer pause(*context_, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(use_awaitable, error));
        continue;
      }
      if (open_ >= options_.connections) {
        asio::co_spawn(*context_, turn_away(std::move(socket)), asio::detached);
        continue;
      }
      {
        const std::lock_guard lock(mutex_);
        ++open_;
      }
      asio::co_spawn(*context_, serve(std::move(socket)), asio::detached);
    }
  }

  awaitable<void> serve(tcp::socket socket) {
    auto connection = std::make_shared<Connection>(std::move(socket), tls_.get());
    connections_.push_back(connection.get());
    tcp::socket& carrier = connection->stream.tcp().socket();
    error_code error;
    const tcp::endpoint peer = carrier.remote_endpoint(error);
    connection->peer = error ? "?" : peer.address().to_string();
    carrier.set_option(tcp::no_delay(true), error);
    try {
      error = co_await within(options_.header_time, connection->stream,
                              [&](error_code& result) { return connection->stream.greet(result); });
      bool goes_on = !error;
      while (goes_on) goes_on = co_await serve_one(connection);
      connection->is_idle = true;
      connection->stream.tcp().expires_after(kLastWords);
      if (!error && !is_stopping()) co_await connection->stream.say_last();
    } catch (const std::exception& failure) {
      log(LogLevel::kInfo, "connection of {}: {}", connection->peer, failure.what());
    }
    carrier.shutdown(tcp::socket::shutdown_both, error);
    connection->stream.tcp().close();
    connections_.remove(connection.get());
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) all_closed_.notify_all();
  }

  bool is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  // One request and its answer; false when the connection is over.
  awaitable<bool> serve_one(const std::shared_ptr<Connection>& connection) {
    ClientStream& stream = connection->stream;
    RequestParser parser;
    parser.header_limit(static_cast<uint32_t>(options_.header_bytes));
    parser.body_limit(options_.body_bytes);
    error_code error;

    connection->is_idle = true;
    if (is_stopping()) co_return false;
    if (connection->buffer.size() == 0) {  // between requests a client may take its time
      stream.tcp().expires_after(options_.idle_time);
      const size_t count = co_await stream.async_read_some(connection->buffer.prepare(4096),
                                                           asio::redirect_error(use_awaitable, error));
      if (error) co_return false;
      connection->buffer.commit(count);
    }
    connection->is_idle = false;
    error = co_await within(options_.header_time, stream, [&](error_code& result) {
      return http::async_read_header(stream, connection->buffer, parser,
                                     asio::redirect_error(use_awaitable, result));
    });
    if (error) co_return co_await refuse(stream, error);
    if (is_ambiguous(parser)) co_return co_await refuse(stream, 400);
    if (gate_ && !parser.is_done()) {
      const std::optional<HttpResponse> refused = gate_(request_head(parser.get(), connection->peer));
      if (refused) co_return co_await refuse(stream, *refused);
    }
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      http::response<http::empty_body> go_on(http::status::continue_, 11);
      co_await http::async_write(stream, go_on, asio::redirect_error(use_awaitable, error));
      if (error) co_return false;
    }
    error = co_await within(options_.body_time, stream, [&](error_code& result) {
      return http::async_read(stream, connection->buffer, parser,
                              asio::redirect_error(use_awaitable, result));
    });
    if (error) co_return co_await refuse(stream, error);

    const unsigned version = parser.get().version();
    const bool keep_alive = parser.get().keep_alive();
    auto exchange = std::make_shared<Exchange>(
        request_of(parser.release(), connection->peer), options_.unsent_bytes,
        [context = context_, weak = std::weak_ptr(connection)] { wake(*context, weak); });
    asio::post(handlers_, [this, exchange] { handle(exchange); });
    const bool goes_on = co_await answer(*connection, *exchange, version, keep_alive);
    exchange->set_gone();
    co_return goes_on&& keep_alive;
  }

  // What reading gives, or beast::error::timeout. The stream's own timeout would close it, and who was slow
  // could not be told.
  template <typename Read>
  static awaitable<error_code> within(std::chrono::seconds time, ClientStream& stream, Read read) {
    using namespace asio::experimental::awaitable_operators;
    stream.tcp().expires_never();
    asio::steady_timer timer(stream.get_executor(), time);
    error_code result, ignored;
    const auto first =
        co_await (read(result) || timer.async_wait(asio::redirect_error(use_awaitable, ignored)));
    co_return first.index() == 0 ? result : make_error_code(beast::error::timeout);
  }

  void handle(const std::shared_ptr<Exchange>& exchange) {
    try {
      handler_(exchange);
    } catch (const std::exception& failure) {
      log(LogLevel::kError, "{} {}: {}", exchange->request().method, exchange->request().path,
          failure.what());
      exchange->respond(refusal_(500));
      exchange->finish();
    }
  }

  static void wake(asio::io_context& context, const std::weak_ptr<Connection>& weak) {
    asio::post(context, [weak] {
      if (const auto connection = weak.lock()) connection->changed.cancel();
    });
  }

  // What the handler gives, as it gives it, until it has given all or the client has gone.
  awaitable<bool> answer(Connection& connection, Exchange& exchange, unsigned version, bool keep_alive) {
    using namespace asio::experimental::awaitable_operators;
    ClientStream& stream = connection.stream;
    const bool in_chunks = version >= 11;
    bool in_pieces = false, watches = true;
    error_code error;
    while (true) {
      Exchange::Unsent unsent = exchange.take();
      if (unsent.broken) co_return false;
      if (unsent.session) {
        // It has a name: GCC 12 destroys temporary aggregates of a co_await twice.
        const WebSocketUpgrade upgrade{.session = std::move(unsent.session),
                                       .protocol = std::move(unsent.protocol),
                                       .headers = std::move(unsent.headers)};
        co_await carry(connection, exchange.request(), upgrade);
        co_return false;
      }
      stream.tcp().expires_after(options_.write_time);
      if (unsent.head && unsent.whole) {
        auto whole = head_of<http::string_body>(*unsent.head, version, keep_alive);
        whole.body() = std::move(unsent.head->body);
        whole.prepare_payload();
        if (exchange.request().method == "HEAD") whole.body().clear();
        co_await http::async_write(stream, whole, asio::redirect_error(use_awaitable, error));
        co_return !error;
      }
      if (unsent.head) {
        in_pieces = true;
        auto head = head_of<http::empty_body>(*unsent.head, version, keep_alive && in_chunks);
        head.chunked(in_chunks);
        http::response_serializer<http::empty_body> serializer(head);
        co_await http::async_write_header(stream, serializer, asio::redirect_error(use_awaitable, error));
        if (error) co_return false;
      }
      if (in_pieces && !unsent.pieces.empty()) {
        if (in_chunks) {
          co_await asio::async_write(stream, http::make_chunk(asio::buffer(unsent.pieces)),
                                     asio::redirect_error(use_awaitable, error));
        } else {
          co_await asio::async_write(stream, asio::buffer(unsent.pieces),
                                     asio::redirect_error(use_awaitable, error));
        }
        if (error) co_return false;
      }
      if (unsent.finished) {
        if (in_chunks) {
          co_await asio::async_write(stream, http::make_chunk_last(),
                                     asio::redirect_error(use_awaitable, error));
        }
        co_return !error && in_chunks;
      }
      if (unsent.head || !unsent.pieces.empty()) continue;  // more may have come meanwhile

      // Until there is more to say, or the client says or closes something.
      stream.tcp().expires_never();
      connection.changed.expires_at(asio::steady_timer::time_point::max());
      error_code woken, read;
      if (!watches) {
        co_await connection.changed.async_wait(asio::redirect_error(use_awaitable, woken));
        continue;
      }
      const size_t had = connection.buffer.size();
      co_await (connection.changed.async_wait(asio::redirect_error(use_awaitable, woken)) ||
                read_ahead(connection, read));
      if (read && read != asio::error::operation_aborted) co_return false;
      watches = connection.buffer.size() == had;  // otherwise its next request waits there
    }
  }

  awaitable<void> carry(Connection& connection, const HttpRequest& request, const WebSocketUpgrade& upgrade) {
    // What a client says before it is told that this has become a WebSocket is none of it.
    if (connection.buffer.size() > 0 || is_stopping()) co_return;
    connection.session = upgrade.session;
    const WebSocketLimits limits{.message_bytes = options_.message_bytes,
                                 .unsent_bytes = options_.unsent_bytes,
                                 .idle_time = options_.silent_time};
    co_await carry_web_socket(connection.stream, request, upgrade, limits, handlers_);
    connection.session = nullptr;
  }

  // Into the buffer, also if what is awaited beside it comes at the same time.
  static awaitable<void> read_ahead(Connection& connection, error_code& error) {
    const size_t count = co_await connection.stream.async_read_some(
        connection.buffer.prepare(4096), asio::redirect_error(use_awaitable, error));
    connection.buffer.commit(count);
  }

  awaitable<void> turn_away(tcp::socket socket) {
    ClientStream stream(std::move(socket), nullptr);
    if (!tls_) co_await refuse(stream, 503);
  }

  awaitable<bool> refuse(ClientStream& stream, const error_code& error) {
    if (is_end(error)) co_return false;
    co_return co_await refuse(stream, status_of(error));
  }

  awaitable<bool> refuse(ClientStream& stream, int status) {
    const HttpResponse refusal = refusal_(status);
    co_return co_await refuse(stream, refusal);
  }

  awaitable<bool> refuse(ClientStream& stream, const HttpResponse& refusal) {
    auto response = head_of<http::string_body>(refusal, 11, false);
    response.body() = refusal.body;
    response.prepare_payload();
    error_code error;
    stream.tcp().expires_after(kLastWords);
    co_await http::async_write(stream, response, asio::redirect_error(use_awaitable, error));
    // A client that is still sending would lose the answer to a reset: what it sends is read for a moment.
    if (!error) co_await stream.say_last();
    std::vector<char> rest(1 << 16);
    while (!error)
      co_await stream.tcp().async_read_some(asio::buffer(rest), asio::redirect_error(use_awaitable, error));
    co_return false;
  }

  HttpOptions options_;
  HttpHandler handler_;
  HttpRefusal refusal_;
  HttpGate gate_;
  // Answers may outlive the server.
  std::shared_ptr<asio::io_context> context_ = std::make_shared<asio::io_context>(1);
  std::unique_ptr<asio::ssl::context> tls_;  // null: in the clear
  tcp::acceptor acceptor_;
  uint16_t port_ = 0;
  std::list<Connection*> connections_;  // of the I/O thread alone
  asio::thread_pool handlers_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable all_closed_;
  std::atomic<size_t> open_ = 0;
  bool stopping_ = false;
};

HttpServer::HttpServer(const HttpOptions& options, HttpHandler handler, HttpRefusal refusal, HttpGate gate)
    : implementation_(std::make_unique<Implementation>(options, std::move(handler), std::move(refusal),
                                                       std::move(gate))) {}
HttpServer::~HttpServer() = default;

uint16_t HttpServer::port() const { return implementation_->port(); }
size_t HttpServer::connections() const { return implementation_->connections(); }
void HttpServer::stop(std::chrono::milliseconds patience) { implementation_->stop(patience); }

}  // namespace auris::server
