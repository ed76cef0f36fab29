#include "auris/http/url.h"

#include <memory>

#include <curl/curl.h>

#include "auris/base/ascii_lower.h"

namespace auris::http {
namespace {

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

// Empty if it is not there.
std::string part_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return "";
  std::string result(text);
  curl_free(text);
  return result;
}

}  // namespace

std::optional<UrlParts> parts_of(const std::string& url) {
  if (url.find('\0') != std::string::npos) return std::nullopt;
  const std::unique_ptr<CURLU, UrlDeleter> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const std::string scheme = part_of(parsed.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  UrlParts parts{.host = ascii_lower(part_of(parsed.get(), CURLUPART_HOST))};
  const std::string port = part_of(parsed.get(), CURLUPART_PORT);
  if (!port.empty()) parts.host += ":" + port;
  parts.has_user =
      !part_of(parsed.get(), CURLUPART_USER).empty() || !part_of(parsed.get(), CURLUPART_PASSWORD).empty();
  return parts;
}

}  // namespace auris::http
