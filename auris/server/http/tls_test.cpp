#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "auris/base/error.h"
#include "auris/server/http/http_server.h"
#include "auris/server/http/tls_context.h"

namespace auris::server {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;
namespace beast = boost::beast;
using asio::ip::tcp;
using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;
using Tls = ssl::stream<tcp::socket>;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(FILE* file) const { std::fclose(file); }
};

// A key and a certificate of its own for 127.0.0.1, as files.
class Identity {
 public:
  explicit Identity(const std::string& name)
      : files_{.certificate_path = testing::TempDir() + name + ".crt",
               .key_path = testing::TempDir() + name + ".key"} {
    const std::unique_ptr<EVP_PKEY, Free> key(EVP_EC_gen("P-256"));
    const std::unique_ptr<X509, Free> certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    const std::unique_ptr<X509_EXTENSION, Free> address(
        X509V3_EXT_nconf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    X509_add_ext(certificate.get(), address.get(), -1);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const std::unique_ptr<FILE, Free> key_file(std::fopen(files_.key_path.c_str(), "w"));
    PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    const std::unique_ptr<FILE, Free> file(std::fopen(files_.certificate_path.c_str(), "w"));
    PEM_write_X509(file.get(), certificate.get());
  }
  ~Identity() {
    std::filesystem::remove(files_.certificate_path);
    std::filesystem::remove(files_.key_path);
  }
  const TlsFiles& files() const { return files_; }

 private:
  TlsFiles files_;
};

HttpResponse refusal(int status) { return {.status = status, .body = "refused " + std::to_string(status)}; }

HttpOptions quick(const Identity& identity) {
  return {.port = 0,
          .tls = identity.files(),
          .body_bytes = 1000,
          .header_time = std::chrono::seconds(1),
          .body_time = std::chrono::seconds(1),
          .idle_time = std::chrono::seconds(1),
          .write_time = std::chrono::seconds(1)};
}

// A client that trusts one certificate.
class Trusting {
 public:
  explicit Trusting(const Identity& identity, ssl::context::method method = ssl::context::tls_client)
      : context_(method) {
    context_.load_verify_file(identity.files().certificate_path);
    context_.set_verify_mode(ssl::verify_peer);
    context_.set_verify_callback(ssl::host_name_verification("127.0.0.1"));
  }
  Tls connect(uint16_t port) {
    Tls stream(io_, context_);
    stream.next_layer().connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), port));
    stream.handshake(ssl::stream_base::client);
    return stream;
  }

 private:
  asio::io_context io_;
  ssl::context context_;
};

// All until the server closes, and how.
std::pair<std::string, boost::system::error_code> rest(Tls& stream) {
  std::string text;
  boost::system::error_code end;
  asio::read(stream, asio::dynamic_buffer(text), end);
  return {text, end};
}

void echo(const std::shared_ptr<Exchange>& exchange) {
  exchange->respond({.body = exchange->request().path + " " + exchange->request().body});
}

TEST(Tls, AnswersKeepsTheConnectionAndSaysThatItEnds) {
  const Identity identity("answers");
  HttpServer server(quick(identity), echo, refusal);
  Trusting client(identity);
  Tls stream = client.connect(server.port());
  asio::write(stream, asio::buffer(std::string("POST /one HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                                               "GET /two HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
  const auto [text, end] = rest(stream);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(text, HasSubstr("/one abc"));
  EXPECT_THAT(text, EndsWith("/two "));
  EXPECT_EQ(end, asio::error::eof);  // not cut off
}

TEST(Tls, AnswersInPiecesWhileTheNextRequestIsWaiting) {
  const Identity identity("pieces");
  HttpServer server(
      quick(identity),
      [](const std::shared_ptr<Exchange>& exchange) {
        exchange->begin({.content_type = "text/plain"});
        for (int i = 0; i < 5; ++i) {
          std::this_thread::sleep_for(milliseconds(20));
          exchange->send(exchange->request().path + std::to_string(i));
        }
        exchange->finish();
      },
      refusal);
  Trusting client(identity);
  Tls stream = client.connect(server.port());
  asio::write(stream, asio::buffer(std::string("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::this_thread::sleep_for(milliseconds(50));
  asio::write(stream, asio::buffer(std::string("GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
  const std::string text = rest(stream).first;
  for (const char* piece : {"/a0", "/a4", "/b0", "/b4"}) EXPECT_THAT(text, HasSubstr(piece));
}

TEST(Tls, AClientThatGoesIsNoticed) {
  const Identity identity("goes");
  std::promise<void> gone;
  HttpServer server(
      quick(identity),
      [&](const std::shared_ptr<Exchange>& exchange) { exchange->on_gone([&] { gone.set_value(); }); },
      refusal);
  Trusting client(identity);
  Tls stream = client.connect(server.port());
  asio::write(stream, asio::buffer(std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n")));
  std::this_thread::sleep_for(milliseconds(50));
  stream.next_layer().close();
  EXPECT_EQ(gone.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(Tls, WhoIsRefusedIsTold) {
  const Identity identity("refused");
  HttpServer server(quick(identity), echo, refusal);
  Trusting client(identity);
  Tls stream = client.connect(server.port());
  asio::write(stream,
              asio::buffer(std::string("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")));
  const auto [text, end] = rest(stream);
  EXPECT_THAT(text, StartsWith("HTTP/1.1 413"));
  EXPECT_EQ(end, asio::error::eof);
}

TEST(Tls, WhoSpeaksSomethingElseIsLetGo) {
  const Identity identity("plain");
  HttpServer server(quick(identity), echo, refusal);
  asio::io_context io;
  for (const std::string words : {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", ""}) {  // "": says nothing at all
    tcp::socket socket(io);
    socket.connect(tcp::endpoint(asio::ip::make_address("127.0.0.1"), server.port()));
    asio::write(socket, asio::buffer(words));
    std::string text;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(text), end);
    EXPECT_THAT(text, testing::Not(HasSubstr("HTTP/1.1 200")));
  }
  EXPECT_THROW(Trusting(identity, ssl::context::tlsv11_client).connect(server.port()),
               boost::system::system_error);  // too old
  Trusting client(identity);
  Tls stream = client.connect(server.port());  // and it still serves
  asio::write(stream, asio::buffer(std::string("GET /yes HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
  EXPECT_THAT(rest(stream).first, EndsWith("/yes "));
}

class Echo final : public WebSocketSession {
 public:
  void begin(const std::shared_ptr<WebSocket>& socket) override { socket_ = socket; }
  void take(const std::string& message, bool) override {
    socket_->send(message);
    socket_->close(CloseCode::kNormal, "enough");
  }
  void end() override {}
  void stop() override {}

 private:
  std::shared_ptr<WebSocket> socket_;
};

TEST(Tls, CarriesWebSockets) {
  const Identity identity("socket");
  HttpServer server(
      quick(identity),
      [](const std::shared_ptr<Exchange>& exchange) { exchange->upgrade(std::make_shared<Echo>(), ""); },
      refusal);
  Trusting client(identity);
  beast::websocket::stream<Tls> socket(client.connect(server.port()));
  socket.handshake("127.0.0.1", "/");
  socket.write(asio::buffer(std::string("hello")));
  beast::flat_buffer buffer;
  socket.read(buffer);
  EXPECT_EQ(beast::buffers_to_string(buffer.data()), "hello");
  boost::system::error_code end;
  socket.read(buffer, end);
  EXPECT_EQ(end, beast::websocket::error::closed);
  EXPECT_EQ(socket.reason().reason, "enough");
}

TEST(Tls, RefusesFilesThatDoNotFit) {
  const Identity one("one"), other("other");
  const auto message = [](const std::string& certificate, const std::string& key) -> std::string {
    try {
      make_tls_context(certificate, key);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message(one.files().certificate_path, one.files().key_path), "");
  EXPECT_THAT(message(testing::TempDir() + "none.crt", one.files().key_path), HasSubstr("none.crt"));
  EXPECT_THAT(message(one.files().key_path, one.files().key_path), HasSubstr("expected certificates as PEM"));
  EXPECT_THAT(message(one.files().certificate_path, one.files().certificate_path),
              HasSubstr("expected the private key"));
  EXPECT_THAT(message(one.files().certificate_path, other.files().key_path),
              HasSubstr("expected the private key"));
}

}  // namespace
}  // namespace auris::server
