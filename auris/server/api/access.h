#pragma once
// Who may ask: keys, web pages, and how often.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "auris/server/http/exchange.h"

namespace auris::server {

struct AccessOptions {
  std::vector<std::string> keys = {};     // any of them opens; none = open to all
  std::vector<std::string> origins = {};  // of pages in browsers that may ask; "*" = any
  // Names by which clients know this server, in lower case, beside localhost and addresses. Counts where it
  // is `local_only` and has no keys: pages whose names come to mean this machine could ask it else (DNS
  // rebinding).
  std::vector<std::string> names = {};
  bool local_only = false;      // it listens where only this machine can ask
  int requests_per_minute = 0;  // of one key, or of one address where there are no keys; 0 = any number
};

class Access {
 public:
  explicit Access(const AccessOptions& options);

  // A browser asks for the page that it shows, with that page's Origin wherever an answer could matter: it
  // must be the server's own or one that is allowed. Throws ApiError 403.
  void require_known_page(const HttpRequest& request) const;
  // The key that a request shows: Authorization: Bearer, X-API-Key, api-key, or a WebSocket's protocol
  // "openai-insecure-api-key.KEY". Throws ApiError 401.
  void require_key(const HttpRequest& request) const;
  // Throws ApiError 429.
  void count(const HttpRequest& request);
  // Lets a page of an allowed origin read the answer.
  void allow_origin(Exchange& exchange) const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Visitor {
    double tokens = 0;
    Clock::time_point seen = {};
  };

  std::vector<std::string> key_hashes_;  // comparing takes the same time whatever is shown
  std::vector<std::string> origins_;
  std::vector<std::string> names_;
  bool local_only_;
  int requests_per_minute_;

  std::mutex mutex_;
  std::map<std::string, Visitor> visitors_;  // by hash of the key, or by address
};

}  // namespace auris::server
