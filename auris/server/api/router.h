#pragma once
// Finds the route of a request, and stands before all of them: keys, pages, limits, errors, request ids.
//
//   Router router(access, on_end);
//   router.add("GET", "/v1/models/*", models);   // * takes the rest of the path
//   HttpServer server(options, [&](const auto& exchange) { router.handle(exchange); }, refusal,
//                     [&](const HttpRequest& head) { return router.gate(head); });

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auris/server/api/access.h"
#include "auris/server/http/exchange.h"

namespace auris::server {

// Runs on a handler thread and answers now or later. `rest`: what the * of its path stands for, decoded. What
// it throws becomes the answer (api_error.h).
using Route = std::function<void(const std::shared_ptr<Exchange>& exchange, const std::string& rest)>;

enum class RouteAccess { kKey, kPublic };

struct RouteEnd {
  std::string route;  // its path as it was added; "other" for none
  int status = 0;
  double total_s = 0;
};

class Router {
 public:
  // `on_end` hears of every answer when it is complete; from any thread. `access` must outlive the router.
  Router(Access& access, std::function<void(const RouteEnd& end)> on_end);

  void add(std::string method, std::string path, Route route, RouteAccess access = RouteAccess::kKey);
  void handle(const std::shared_ptr<Exchange>& exchange) const;
  // What a request is refused with that may not ask, whatever its body says; nothing for others, which
  // handle() looks at again.
  std::optional<HttpResponse> gate(const HttpRequest& head) const;

 private:
  struct Entry {
    std::string method, path;
    Route route;
    RouteAccess access;
  };
  struct Found {
    const Entry* entry = nullptr;
    std::string rest = {};
    std::string other_methods = {};  // of the same path
  };
  Found find(const HttpRequest& request) const;
  void require_access(const Found& found, const HttpRequest& request) const;
  void answer(const Found& found, const std::shared_ptr<Exchange>& exchange) const;

  Access& access_;
  std::function<void(const RouteEnd& end)> on_end_;
  std::vector<Entry> entries_;
};

// A random name of 24 letters and digits behind `prefix`: "chatcmpl-...".
std::string new_id(const std::string& prefix);

}  // namespace auris::server
