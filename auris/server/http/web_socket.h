#pragma once
// Messages both ways over one connection (RFC 6455). Thread-safe; nothing here waits: what the client has not
// taken yet is kept, up to a limit.
//
//   exchange->upgrade(std::make_shared<Echo>(), "");   // Echo: a WebSocketSession

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace auris::server {

// Codes of a closing (RFC 6455, 7.4.1).
enum class CloseCode : uint16_t { kNormal = 1000, kGoingAway = 1001, kPolicy = 1008, kInternal = 1011 };

class WebSocket {
 public:
  // `wake` is called after every change that the carrier has to see; from any thread.
  // `most_unsent`: bytes of messages that may wait for a client that reads slowly.
  WebSocket(size_t most_unsent, std::function<void()> wake);

  // A message of text. False if the client has gone, or reads so slowly that too much waits for it.
  bool send(std::string text);
  // What was sent before still arrives. `reason`: at most 123 bytes.
  void close(CloseCode code, std::string reason = "");

  // For the carrier.
  struct Closing {
    CloseCode code = CloseCode::kNormal;
    std::string reason = {};
  };
  struct Unsent {
    std::vector<std::string> messages = {};
    std::optional<Closing> closing = {};
    bool broken = false;  // too much was waiting: the connection is to be closed
    bool gone = false;
  };
  Unsent take();
  void set_gone();

 private:
  size_t most_unsent_;
  std::function<void()> wake_;

  std::mutex mutex_;
  Unsent unsent_;
  size_t unsent_bytes_ = 0;
};

// What stands behind a socket. Its functions are called on handler threads, one at a time, in order; what
// they throw closes the socket with kInternal.
class WebSocketSession {
 public:
  virtual ~WebSocketSession() = default;

  virtual void begin(const std::shared_ptr<WebSocket>& socket) = 0;
  virtual void take(const std::string& message, bool is_text) = 0;
  // Last: nobody listens any more.
  virtual void end() = 0;

  // The server ends: close the socket, at once or when what is under way is finished. From any thread, also
  // beside the others; must not wait.
  virtual void stop() = 0;
};

}  // namespace auris::server
