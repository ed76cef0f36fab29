#include "auris/server/api/access.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <openssl/crypto.h>

#include "auris/base/sha256.h"
#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr size_t kMostVisitors = 10000;

// Pages in browsers can set no header of a WebSocket but the list of its protocols.
std::string_view key_in_protocols(std::string_view protocols) {
  constexpr std::string_view kMark = "openai-insecure-api-key.";
  const size_t at = protocols.find(kMark);
  if (at == std::string_view::npos) return {};
  protocols.remove_prefix(at + kMark.size());
  return protocols.substr(0, protocols.find_first_of(", "));
}

std::string_view key_of(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view shown = request.header("authorization");
  if (shown.starts_with(kBearer)) return shown.substr(kBearer.size());
  shown = request.header("x-api-key");
  if (shown.empty()) shown = request.header("api-key");
  return shown.empty() ? key_in_protocols(request.header("sec-websocket-protocol")) : shown;
}

std::string hash_of(std::string_view key) { return sha256_hex(std::as_bytes(std::span(key))); }

}  // namespace

Access::Access(const AccessOptions& options)
    : origins_(options.origins), requests_per_minute_(options.requests_per_minute) {
  for (const std::string& key : options.keys) key_hashes_.push_back(hash_of(key));
}

void Access::require_key(const HttpRequest& request) const {
  if (key_hashes_.empty()) return;
  const std::string_view key = key_of(request);
  const std::string hash = hash_of(key);
  bool is_known = false;
  for (const std::string& known : key_hashes_)
    is_known |= CRYPTO_memcmp(known.data(), hash.data(), hash.size()) == 0;
  if (is_known) return;
  throw ApiError({.status = 401,
                  .message = key.empty() ? "This server asks for an API key: send Authorization: Bearer KEY."
                                         : "This API key is not known here.",
                  .code = "invalid_api_key"});
}

void Access::count(const HttpRequest& request) {
  if (requests_per_minute_ <= 0) return;
  const std::string who =
      key_hashes_.empty() ? request.peer.substr(0, request.peer.rfind(':')) : hash_of(key_of(request));
  const Clock::time_point now = Clock::now();
  const double per_s = requests_per_minute_ / 60.0;
  const std::lock_guard lock(mutex_);
  // Who has been away for a minute starts afresh anyway.
  if (visitors_.size() >= kMostVisitors)
    std::erase_if(visitors_,
                  [&](const auto& entry) { return now - entry.second.seen > std::chrono::minutes(1); });
  auto [place, is_new] = visitors_.try_emplace(who, Visitor{static_cast<double>(requests_per_minute_), now});
  Visitor& visitor = place->second;
  const double gone_s = std::chrono::duration<double>(now - visitor.seen).count();
  visitor.tokens = std::min<double>(requests_per_minute_, visitor.tokens + gone_s * per_s);
  visitor.seen = now;
  if (visitor.tokens < 1) {
    throw ApiError({.status = 429,
                    .message = "More requests than this server allows in a minute.",
                    .code = "rate_limit_exceeded",
                    .retry_after_s = std::max(1, static_cast<int>(std::ceil((1 - visitor.tokens) / per_s)))});
  }
  visitor.tokens -= 1;
}

void Access::allow_origin(Exchange& exchange) const {
  const std::string_view origin = exchange.request().header("origin");
  if (origin.empty()) return;
  const bool is_any = std::ranges::find(origins_, "*") != origins_.end();
  if (!is_any && std::ranges::find(origins_, origin) == origins_.end()) return;
  exchange.add_header("Access-Control-Allow-Origin", is_any ? "*" : std::string(origin));
  exchange.add_header("Access-Control-Expose-Headers", "x-request-id, retry-after");
  if (!is_any) exchange.add_header("Vary", "Origin");
  if (exchange.request().method == "OPTIONS") {
    exchange.add_header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    exchange.add_header("Access-Control-Allow-Headers", "authorization, content-type, x-api-key, api-key");
    exchange.add_header("Access-Control-Max-Age", "600");
  }
}

}  // namespace auris::server
