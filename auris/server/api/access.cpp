#include "auris/server/api/access.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <arpa/inet.h>
#include <openssl/crypto.h>

#include "auris/base/ascii_lower.h"
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

// "[::1]:8080" -> "::1", "localhost:8080" -> "localhost"; in lower case.
std::string name_of(std::string_view host) {
  if (host.starts_with('[')) return ascii_lower(host.substr(1, host.find(']') - 1));
  return ascii_lower(host.substr(0, host.find(':')));
}

bool is_address(const std::string& name) {
  in6_addr bytes;
  return ::inet_pton(AF_INET, name.c_str(), &bytes) == 1 || ::inet_pton(AF_INET6, name.c_str(), &bytes) == 1;
}

// Who has one address of IPv6 mostly has all that begin alike for 64 bits.
std::string network_of(const std::string& peer) {
  in6_addr address;
  if (::inet_pton(AF_INET6, peer.c_str(), &address) != 1 || IN6_IS_ADDR_V4MAPPED(&address)) return peer;
  return {reinterpret_cast<const char*>(address.s6_addr), 8};
}

std::string hash_of(std::string_view key) { return sha256_hex(std::as_bytes(std::span(key))); }

}  // namespace

Access::Access(const AccessOptions& options)
    : origins_(options.origins),
      names_(options.names),
      local_only_(options.local_only),
      requests_per_minute_(options.requests_per_minute) {
  for (const std::string& key : options.keys) key_hashes_.push_back(hash_of(key));
}

void Access::require_known_page(const HttpRequest& request) const {
  const std::string_view host = request.header("host"), origin = request.header("origin");
  const std::string name = name_of(host);
  const bool is_local = name == "localhost" || name.ends_with(".localhost") || is_address(name);
  // Of old clients some send no Host; browsers all do.
  if (local_only_ && key_hashes_.empty() && !host.empty() && !is_local &&
      std::ranges::find(names_, name) == names_.end()) {
    throw ApiError({.status = 403,
                    .message = "This server is not known by the name in the Host header (--server-name).",
                    .code = "host_not_allowed"});
  }
  if (origin.empty() || std::ranges::find(origins_, "*") != origins_.end() ||
      std::ranges::find(origins_, origin) != origins_.end())
    return;
  const size_t scheme = origin.find("://");
  const std::string_view from = scheme == std::string_view::npos ? "" : origin.substr(scheme + 3);
  if (from.empty() || ascii_lower(from) != ascii_lower(host)) {
    throw ApiError({.status = 403,
                    .message = "Pages of this origin may not ask here (--cors-origin).",
                    .code = "origin_not_allowed"});
  }
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
  const std::string who = key_hashes_.empty() ? network_of(request.peer) : hash_of(key_of(request));
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
