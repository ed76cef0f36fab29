#pragma once
// One request and its answer, given whole or in pieces. Thread-safe; nothing here waits: what the client has
// not taken yet is kept, up to a limit.
//
//   exchange->respond({.status = 200, .body = json});
//
//   exchange->begin({.content_type = "text/event-stream"});
//   if (!exchange->send("data: ...\n\n")) ...;   // nobody listens any more
//   exchange->finish();

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "auris/server/http/http_message.h"
#include "auris/server/http/web_socket.h"

namespace auris::server {

class Exchange {
 public:
  // `wake` is called after every change that the carrier of the answer has to see; from any thread.
  // `most_unsent`: bytes of pieces that may wait for a client that reads slowly.
  Exchange(HttpRequest request, size_t most_unsent, std::function<void()> wake);

  const HttpRequest& request() const { return request_; }

  // A header that the answer has, whoever gives it. Before the answer begins.
  void add_header(std::string name, std::string value);
  // Called once with the status of the answer when it is complete, or with 499 when the client goes before.
  // Before the answer begins.
  void on_end(std::function<void(int status)> action);

  void respond(HttpResponse response);

  void begin(HttpResponse head);
  // False if the client has gone, or reads so slowly that too much waits for it.
  bool send(std::string_view piece);
  void finish();

  // The request is one for a WebSocket (GET with "upgrade: websocket"): it becomes one, which speaks
  // `protocol` (one of those that the client knows; empty for none), with `session` behind it.
  void upgrade(std::shared_ptr<WebSocketSession> session, std::string protocol);

  // Calls `action` when the client goes before the answer is finished; at once if it has.
  void on_gone(std::function<void()> action);

  // For the carrier.
  struct Unsent {
    std::optional<HttpResponse> head = {};  // of an answer that begins
    bool whole = false;                     // it is all of the answer
    std::string pieces = {};
    bool finished = false;
    bool broken = false;                             // too much was waiting: the connection is to be closed
    std::shared_ptr<WebSocketSession> session = {};  // there is no head then, but its headers
    std::string protocol = {};
    HttpHeaders headers = {};
  };
  Unsent take();
  void set_gone();

 private:
  HttpRequest request_;
  size_t most_unsent_;
  std::function<void()> wake_;

  void begin(HttpResponse head, bool is_whole);
  void tell_end(int status);

  std::mutex mutex_;
  HttpHeaders headers_;
  int status_ = 0;
  std::function<void(int status)> when_ended_;
  Unsent unsent_;
  bool begun_ = false, over_ = false, gone_ = false;
  std::function<void()> when_gone_;
};

}  // namespace auris::server
