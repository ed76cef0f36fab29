#include "auris/server/http/web_socket.h"

#include <atomic>
#include <future>
#include <semaphore>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include "auris/server/http/http_server.h"

namespace auris::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

HttpResponse refusal(int status) { return {.status = status, .body = "refused"}; }

// Says what it hears; does as it is told.
class Echo final : public WebSocketSession {
 public:
  void begin(const std::shared_ptr<WebSocket>& socket) override {
    socket_ = socket;
    socket_->send("hello");
  }
  void take(const std::string& message, bool is_text) override {
    if (message == "fail") throw std::runtime_error("as it was told");
    if (message == "close") return socket_->close(CloseCode::kPolicy, "as you wish");
    if (message == "flood") {
      while (socket_->send(std::string(1 << 16, 'x'))) {
      }
      return;
    }
    socket_->send((is_text ? "text " : "bytes ") + message);
  }
  void end() override { ended.release(); }
  void stop() override { socket_->close(CloseCode::kGoingAway); }

  std::binary_semaphore ended{0};

 private:
  std::shared_ptr<WebSocket> socket_;
};

class Client {
 public:
  explicit Client(uint16_t port) {
    socket_.next_layer().connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
    socket_.set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(beast::http::field::sec_websocket_protocol, "other, echo");
    }));
    socket_.handshake(answer_, "127.0.0.1", "/echo");
  }

  std::string protocol() { return answer_[beast::http::field::sec_websocket_protocol]; }
  std::string header(const char* name) { return answer_[name]; }
  void send(const std::string& text, bool is_text = true) {
    socket_.text(is_text);
    socket_.write(asio::buffer(text));
  }
  std::string next() {
    beast::flat_buffer buffer;
    socket_.read(buffer);
    return beast::buffers_to_string(buffer.data());
  }
  // How the server closes.
  websocket::close_reason closing() {
    error_code error;
    beast::flat_buffer buffer;
    while (!error) socket_.read(buffer, error);
    EXPECT_EQ(error, websocket::error::closed) << error.message();
    return socket_.reason();
  }
  error_code drop() {
    error_code error;
    beast::flat_buffer buffer;
    while (!error) socket_.read(buffer, error), buffer.clear();
    return error;
  }
  void close() { socket_.close(websocket::close_code::normal); }
  tcp::socket& connection() { return socket_.next_layer(); }

 private:
  asio::io_context context_;
  websocket::stream<tcp::socket> socket_{context_};
  websocket::response_type answer_;
};

class WebSocketTest : public testing::Test {
 protected:
  std::shared_ptr<Echo> echo_ = std::make_shared<Echo>();
  HttpServer server_{{.port = 0, .unsent_bytes = 1 << 20, .message_bytes = 1000},
                     [this](const std::shared_ptr<Exchange>& exchange) {
                       exchange->add_header("x-request-id", "req_1");
                       exchange->upgrade(echo_, "echo");
                     },
                     refusal};
};

TEST_F(WebSocketTest, MessagesGoBothWays) {
  Client client(server_.port());
  EXPECT_EQ(client.protocol(), "echo");
  EXPECT_EQ(client.header("x-request-id"), "req_1");
  EXPECT_EQ(client.next(), "hello");
  for (int i = 0; i < 100; ++i) {
    client.send(std::to_string(i), i % 2 == 0);
    EXPECT_EQ(client.next(), (i % 2 == 0 ? "text " : "bytes ") + std::to_string(i));
  }
  client.close();
  echo_->ended.acquire();
}

TEST_F(WebSocketTest, MessagesThatComeAtOnceAreTakenInOrder) {
  Client client(server_.port());
  for (int i = 0; i < 200; ++i) client.send(std::to_string(i));
  EXPECT_EQ(client.next(), "hello");
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.next(), "text " + std::to_string(i));
}

TEST_F(WebSocketTest, TheServerClosesWithAReason) {
  Client client(server_.port());
  client.send("close");
  const websocket::close_reason reason = client.closing();
  EXPECT_EQ(reason.code, 1008);
  EXPECT_EQ(reason.reason, "as you wish");
  echo_->ended.acquire();
}

TEST_F(WebSocketTest, AFailureOfTheSessionIsToldToNobodyButTheLog) {
  Client client(server_.port());
  client.send("fail");
  const websocket::close_reason reason = client.closing();
  EXPECT_EQ(reason.code, 1011);
  EXPECT_EQ(reason.reason, "The server failed.");
}

TEST_F(WebSocketTest, AMessageThatIsTooLongClosesTheSocket) {
  Client client(server_.port());
  client.send(std::string(1001, 'x'));
  EXPECT_EQ(client.closing().code, 1009);
  echo_->ended.acquire();
}

TEST_F(WebSocketTest, WhoReadsTooSlowlyIsNotWaitedFor) {
  Client client(server_.port());
  client.send("flood");
  echo_->ended.acquire();
  EXPECT_NE(client.drop(), websocket::error::closed);
}

TEST_F(WebSocketTest, AClientThatVanishesEndsTheSession) {
  {
    Client client(server_.port());
    EXPECT_EQ(client.next(), "hello");
    client.connection().close();
  }
  echo_->ended.acquire();
}

TEST_F(WebSocketTest, WhatIsNoFrameEndsTheSession) {
  {
    Client client(server_.port());
    EXPECT_EQ(client.next(), "hello");
    asio::write(client.connection(), asio::buffer(std::string("\xff\xff\xff\xff rubbish of some length")));
    EXPECT_EQ(client.closing().code, 1002);
  }
  echo_->ended.acquire();
}

TEST_F(WebSocketTest, StoppingTellsTheClient) {
  Client client(server_.port());
  EXPECT_EQ(client.next(), "hello");
  auto closing = std::async(std::launch::async, [&] { return client.closing(); });
  server_.stop(std::chrono::seconds(10));
  EXPECT_EQ(closing.get().code, 1001);
  EXPECT_EQ(server_.connections(), 0u);
}

TEST_F(WebSocketTest, ARequestThatIsNoneForASocketIsRefused) {
  asio::io_context context;
  tcp::socket socket(context);
  socket.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), server_.port()));
  asio::write(socket,
              asio::buffer(std::string("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
  std::string answer;
  error_code end;
  asio::read(socket, asio::dynamic_buffer(answer), end);
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace auris::server
