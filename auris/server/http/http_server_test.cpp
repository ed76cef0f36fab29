#include "auris/server/http/http_server.h"

#include <atomic>
#include <future>
#include <semaphore>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "auris/base/error.h"

namespace auris::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

HttpResponse refusal(int status) { return {.status = status, .body = "refused " + std::to_string(status)}; }

// What a program sends that is no library.
class RawClient {
 public:
  explicit RawClient(uint16_t port) {
    socket_.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
  }
  void send(const std::string& text) {
    boost::system::error_code ignored;
    asio::write(socket_, asio::buffer(text), ignored);
  }
  // All until the server closes.
  std::string rest() {
    std::string text;
    boost::system::error_code end;
    asio::read(socket_, asio::dynamic_buffer(text), end);
    return text;
  }
  std::string until(const std::string& mark) {
    std::string text;
    char letter = 0;
    boost::system::error_code end;
    while (text.find(mark) == std::string::npos && asio::read(socket_, asio::buffer(&letter, 1), end) == 1)
      text += letter;
    return text;
  }
  void close() { socket_.close(); }

 private:
  asio::io_context context_;
  tcp::socket socket_{context_};
};

std::string asked(uint16_t port, const std::string& request) {
  RawClient client(port);
  client.send(request);
  return client.rest();
}

void echo(const std::shared_ptr<Exchange>& exchange) {
  const HttpRequest& request = exchange->request();
  exchange->respond({.body = request.method + " " + request.path + "?" + request.query + " " +
                             std::string(request.header("x-note")) + " " + request.body,
                     .content_type = "text/plain"});
}

HttpOptions quick() {
  return {.port = 0,
          .header_time = std::chrono::seconds(1),
          .body_time = std::chrono::seconds(1),
          .idle_time = std::chrono::seconds(1),
          .write_time = std::chrono::seconds(1)};
}

TEST(HttpServer, AnswersAndKeepsTheConnection) {
  HttpServer server(quick(), echo, refusal);
  RawClient client(server.port());
  client.send("POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Note: hi\r\nContent-Length: 3\r\n\r\nabc");
  const std::string first = client.until("abc");
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(first, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(first, EndsWith("\r\n\r\nPOST /a%20b?c=d hi abc"));
  client.send("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.rest(), EndsWith("GET /next?  "));
}

TEST(HttpServer, RequestsThatComeAtOnceAreAnsweredInOrder) {
  HttpServer server(quick(), echo, refusal);
  const std::string answers = asked(server.port(),
                                    "GET /one HTTP/1.1\r\nHost: x\r\n\r\nGET /two HTTP/1.1\r\nHost: x\r\n\r\n"
                                    "GET /three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const size_t one = answers.find("/one"), two = answers.find("/two"), three = answers.find("/three");
  EXPECT_LT(one, two);
  EXPECT_LT(two, three);
  EXPECT_NE(three, std::string::npos);
}

TEST(HttpServer, AnswersInPieces) {
  std::counting_semaphore<> read(0);  // pieces that have come to the client
  HttpServer server(
      quick(),
      [&](const std::shared_ptr<Exchange>& exchange) {
        exchange->begin({.content_type = "text/event-stream"});
        for (const char* piece : {"one,", "two,", "three"}) {
          EXPECT_TRUE(exchange->send(piece));
          read.acquire();
        }
        exchange->finish();
      },
      refusal);
  const auto asked_in_pieces = [&](const std::string& request) {
    RawClient client(server.port());
    client.send(request);
    std::string answer;
    for (const char* piece : {"one,", "two,", "three"}) {
      answer += client.until(piece);
      read.release();
    }
    return answer + client.rest();
  };
  const std::string chunked = asked_in_pieces("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(chunked, HasSubstr("Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(chunked, HasSubstr("\r\n\r\n4\r\none,\r\n4\r\ntwo,\r\n5\r\nthree\r\n0\r\n\r\n"));
  const std::string plain = asked_in_pieces("GET / HTTP/1.0\r\n\r\n");
  EXPECT_THAT(plain, EndsWith("\r\n\r\none,two,three"));
}

TEST(HttpServer, TellsWhenTheClientGoes) {
  std::promise<void> gone;
  std::promise<std::shared_ptr<Exchange>> begun;
  HttpServer server(
      quick(),
      [&](const std::shared_ptr<Exchange>& exchange) {
        exchange->on_gone([&] { gone.set_value(); });
        begun.set_value(exchange);
      },
      refusal);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto exchange = begun.get_future().get();
  client.close();
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
  exchange->begin({});
  EXPECT_FALSE(exchange->send("late"));
}

TEST(HttpServer, ASlowReaderIsLeft) {
  std::promise<bool> left;
  HttpOptions options = quick();
  options.unsent_bytes = 1 << 20;
  HttpServer server(
      options,
      [&](const std::shared_ptr<Exchange>& exchange) {
        exchange->begin({});
        for (int i = 0; i < 1000; ++i) {
          if (exchange->send(std::string(1 << 16, 'x'))) continue;
          left.set_value(true);
          return;
        }
        left.set_value(false);
      },
      refusal);
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(left.get_future().get());
}

// The body never comes: who waits for it would wait long.
TEST(HttpServer, TheGateClosesBeforeTheBody) {
  HttpServer server(quick(), echo, refusal, [](const HttpRequest& head) -> std::optional<HttpResponse> {
    if (head.header("x-note") == "let me in") return std::nullopt;
    return HttpResponse{.status = 401, .body = head.method + head.path};
  });
  const std::string refused =
      asked(server.port(), "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n");
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(refused, EndsWith("POST/a"));
  EXPECT_THAT(asked(server.port(),
                    "POST /a HTTP/1.1\r\nHost: x\r\nX-Note: let me in\r\nContent-Length: 1\r\n"
                    "Connection: close\r\n\r\nb"),
              EndsWith(" let me in b"));
}

TEST(HttpServer, WhatCannotBeReadIsRefused) {
  HttpOptions options = quick();
  options.body_bytes = 1000;
  HttpServer server(options, echo, refusal);
  const auto status = [&](const std::string& request) {
    const std::string answer = asked(server.port(), request);
    return answer.size() < 12 ? answer : answer.substr(9, 3);
  };
  EXPECT_EQ(status("GARBAGE\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "400") << "no Host";
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n"),
            "400");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n"), "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"),
            "400");
  EXPECT_EQ(
      status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"),
      "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc"), "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\nabc"),
            "400");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')),
            "413");
  EXPECT_EQ(status("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                   std::string(1001, 'x') + "\r\n0\r\n\r\n"),
            "413");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(20000, 'x') + "\r\n\r\n"), "431");
  EXPECT_EQ(status("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "200");
}

TEST(HttpServer, WhoIsSlowLosesTheConnectionOnly) {
  HttpServer server(quick(), echo, refusal);
  RawClient headers(server.port()), body(server.port()), silent(server.port());
  headers.send("GET / HTTP/1.1\r\nHo");
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_THAT(headers.rest(), HasSubstr("408"));
  EXPECT_THAT(body.rest(), HasSubstr("408"));
  EXPECT_EQ(silent.rest(), "");
  EXPECT_THAT(asked(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              HasSubstr("200 OK"));
}

TEST(HttpServer, AskedBeforeTheBodyItSaysGoOn) {
  HttpServer server(quick(), echo, refusal);
  RawClient client(server.port());
  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.until("\r\n\r\n"), HasSubstr("100 Continue"));
  client.send("ok");
  EXPECT_THAT(client.rest(), EndsWith("ok"));
}

TEST(HttpServer, AHandlerThatFailsIsA500) {
  HttpServer server(
      quick(), [](const auto&) { throw std::runtime_error("secret address 0x1234"); }, refusal);
  const std::string answer = asked(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, EndsWith("refused 500"));
}

TEST(HttpServer, TooManyConnectionsAreRefused) {
  HttpOptions options = quick();
  options.connections = 2;
  HttpServer server(options, echo, refusal);
  RawClient one(server.port()), two(server.port());
  while (server.connections() < 2) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_THAT(asked(server.port(), ""), HasSubstr("503"));
}

TEST(HttpServer, StoppingLetsAnswersEnd) {
  std::promise<void> asking, answering;
  HttpServer server(
      quick(),
      [&](const std::shared_ptr<Exchange>& exchange) {
        asking.set_value();
        answering.get_future().wait();
        exchange->respond({.body = "whole"});
      },
      refusal);
  const uint16_t port = server.port();
  RawClient client(port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  asking.get_future().wait();
  std::thread stopping([&] { server.stop(std::chrono::seconds(5)); });
  const auto listens = [&] {
    try {
      const RawClient late(port);
      return true;
    } catch (const boost::system::system_error&) {
      return false;
    }
  };
  while (listens()) std::this_thread::yield();
  answering.set_value();
  EXPECT_THAT(client.rest(), EndsWith("whole"));
  stopping.join();
  EXPECT_THROW(RawClient late(port), boost::system::system_error);
}

// What holds an exchange may outlive the server.
TEST(HttpServer, AnswersAfterTheEndAreLost) {
  std::promise<std::shared_ptr<Exchange>> taken;
  std::shared_ptr<Exchange> exchange;
  {
    HttpServer server(
        quick(), [&](const std::shared_ptr<Exchange>& asked) { taken.set_value(asked); }, refusal);
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    exchange = taken.get_future().get();
  }
  exchange->begin({});
  EXPECT_FALSE(exchange->send("nobody is there"));
  exchange->finish();
}

TEST(HttpServer, ManyClientsAtOnce) {
  HttpServer server(quick(), echo, refusal);
  std::vector<std::thread> clients;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      RawClient client(server.port());
      for (int j = 0; j < 20; ++j) {
        const std::string body = "n" + std::to_string(1000 * i + j) + ";";
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n" + body);
        if (client.until(body).find("200 OK") != std::string::npos) ++right;
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(right, 16 * 20);
}

TEST(HttpServer, APlaceThatIsTakenIsAClearError) {
  HttpServer server(quick(), echo, refusal);
  HttpOptions same = quick();
  same.port = server.port();
  try {
    const HttpServer second(same, echo, refusal);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("[serve] expected to listen on 127.0.0.1:" + std::to_string(same.port)));
  }
  HttpOptions odd = quick();
  odd.host = "not an address";
  EXPECT_THROW(HttpServer(odd, echo, refusal), Error);
}

}  // namespace
}  // namespace auris::server
