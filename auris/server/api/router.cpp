#include "auris/server/api/router.h"

#include <chrono>
#include <mutex>
#include <utility>

#include "auris/base/rng.h"
#include "auris/server/api/any_seed.h"
#include "auris/server/api/api_error.h"
#include "auris/server/http/percent.h"

namespace auris::server {
namespace {

// Whether a path is that of a route; `rest` becomes what its * stands for.
bool matches(std::string_view pattern, std::string_view path, std::string_view& rest) {
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  if (!path.starts_with(pattern) || path.size() == pattern.size()) return false;
  rest = path.substr(pattern.size());
  return true;
}

}  // namespace

Router::Router(Access& access, std::function<void(const RouteEnd& end)> on_end)
    : access_(access), on_end_(std::move(on_end)) {}

void Router::add(std::string method, std::string path, Route route, RouteAccess access) {
  entries_.push_back({std::move(method), std::move(path), std::move(route), access});
}

Router::Found Router::find(const HttpRequest& request) const {
  Found found;
  for (const Entry& entry : entries_) {
    std::string_view rest;
    if (!matches(entry.path, request.path, rest)) continue;
    if (entry.method != request.method) {
      found.other_methods += (found.other_methods.empty() ? "" : ", ") + entry.method;
      continue;
    }
    const std::optional<std::string> decoded = percent_decoded(rest);
    if (!decoded) throw ApiError({.message = "The address holds a % without two hexadecimal digits."});
    return {.entry = &entry, .rest = *decoded};
  }
  return found;
}

void Router::require_access(const Found& found, const HttpRequest& request) const {
  access_.require_known_page(request);
  if (found.entry != nullptr && found.entry->access == RouteAccess::kKey) access_.require_key(request);
}

std::optional<HttpResponse> Router::gate(const HttpRequest& head) const {
  Exchange exchange(head, 0, [] {});
  exchange.add_header("x-request-id", new_id("req_"));
  access_.allow_origin(exchange);
  std::string route = "other";
  try {
    const Found found = find(head);
    if (found.entry != nullptr) route = found.entry->path;
    require_access(found, head);
    return std::nullopt;
  } catch (...) {
    exchange.respond(response_of(std::current_exception()));
  }
  std::optional<HttpResponse> refused = exchange.take().head;
  on_end_({.route = route, .status = refused->status, .total_s = 0});
  return refused;
}

void Router::answer(const Found& found, const std::shared_ptr<Exchange>& exchange) const {
  require_access(found, exchange->request());
  if (found.entry == nullptr) {
    if (found.other_methods.empty()) return exchange->respond(refusal(404));
    if (exchange->request().method == "OPTIONS") return exchange->respond({.status = 204});
    HttpResponse response = refusal(405);
    response.headers.emplace_back("Allow", found.other_methods);
    return exchange->respond(std::move(response));
  }
  if (found.entry->access == RouteAccess::kKey) access_.count(exchange->request());
  const std::string_view encoding = exchange->request().header("content-encoding");
  if (!encoding.empty() && encoding != "identity") {
    throw ApiError({.status = 415, .message = "Bodies are taken as they are, without a Content-Encoding."});
  }
  found.entry->route(exchange, found.rest);
}

void Router::handle(const std::shared_ptr<Exchange>& exchange) const {
  using Clock = std::chrono::steady_clock;
  exchange->add_header("x-request-id", new_id("req_"));
  access_.allow_origin(*exchange);
  try {
    const Found found = find(exchange->request());
    exchange->on_end([this, begin = Clock::now(),
                      route = found.entry == nullptr ? "other" : found.entry->path](int status) {
      on_end_({.route = route,
               .status = status,
               .total_s = std::chrono::duration<double>(Clock::now() - begin).count()});
    });
    answer(found, exchange);
  } catch (...) {
    exchange->respond(response_of(std::current_exception()));
  }
}

std::string new_id(const std::string& prefix) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static std::mutex mutex;
  static Rng rng(any_seed());
  std::string id = prefix;
  const std::lock_guard lock(mutex);
  for (int i = 0; i < 24; ++i) id += kAlphabet[rng.below(kAlphabet.size())];
  return id;
}

}  // namespace auris::server
