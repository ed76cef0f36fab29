#include "auris/http/curl_handle.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "auris/base/error.h"

namespace auris::http {
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kStalledSeconds = 60;  // a transfer without a byte for so long has failed
constexpr long kMaxRedirects = 10;

// Header lines of a reply; those of an earlier reply (a redirect) are forgotten at each status line.
size_t on_header(char* data, size_t size, size_t count, void* user) {
  auto& headers = *static_cast<Headers*>(user);
  std::string_view line(data, size * count);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) headers.clear();
  size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string name(line.substr(0, colon));
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  line.remove_prefix(colon + 1);
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  headers[name] = std::string(line);
  return size * count;
}

}  // namespace

Curl new_curl(const std::string& url, const std::string& bearer_token) {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(initialised == CURLE_OK ? curl_easy_init() : nullptr);
  if (!curl) {
    throw Error(ErrorCode::kNetwork,
                {.where = "http", .expected = "libcurl to start", .got = "a failure", .hint = ""});
  }
  CURL* handle = curl.get();
  bool secure = url.starts_with("https://");
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR,
                   secure ? "https" : "http,https");  // never from TLS to plain
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, kMaxRedirects);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, kStalledSeconds);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "auris");
  if (!bearer_token.empty()) {
    curl_easy_setopt(handle, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, bearer_token.c_str());
  }
  return curl;
}

void collect_headers(CURL* handle, Headers& headers) {
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &headers);
}

std::string header_of(const Headers& headers, const std::string& name) {
  auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

}  // namespace auris::http
