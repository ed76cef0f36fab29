#pragma once
// libcurl, set up as every transfer of Auris is: HTTP and HTTPS only, never redirected from TLS to plain, no
// signals.

#include <curl/curl.h>

#include <map>
#include <memory>
#include <string>

namespace auris::http {

// Lower-case names; of the last response.
using Headers = std::map<std::string, std::string>;

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Curl = std::unique_ptr<CURL, CurlDeleter>;

// The token goes to this host only, never to one that it redirects to. Throws kNetwork if libcurl does not
// start.
Curl new_curl(const std::string& url, const std::string& bearer_token);

// Fills `headers`, which must outlive the transfer.
void collect_headers(CURL* handle, Headers& headers);
// Empty if there is none.
std::string header_of(const Headers& headers, const std::string& name);

}  // namespace auris::http
