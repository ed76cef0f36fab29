#pragma once
// One request over HTTP or HTTPS whose reply fits into memory, by libcurl.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace auris::http {

struct Reply {
  long status = 0;
  std::map<std::string, std::string> headers;  // lower-case names; of the last response
  std::string body{};
};

// A field of a form; with a file name it is a file.
struct FormPart {
  std::string name{}, content{}, file_name{}, content_type{};
};

struct Request {
  std::string url{};
  std::string bearer_token{};  // sent to this host only, never to one that it redirects to
  bool head = false;
  bool follow_redirects = true;  // a request with a body is never redirected
  // Connects to no address that is not of the public internet (public_address.h), whatever a name resolves to
  // at that moment, and through no proxy.
  bool public_addresses_only = false;
  std::optional<std::string> json_body{};  // POST, application/json
  std::vector<FormPart> form{};            // POST, multipart/form-data
  size_t max_body_bytes = 64u << 20;       // of the reply
  double timeout_s = 0;                    // for all of it; 0 = while bytes come
  std::function<bool()> cancelled{};       // asked about once a second
};

// Any status is returned. Throws kNetwork if no reply comes, kInput for one above the limit, kCancelled.
// Messages hold the address, never the token.
Reply send(const Request& request);

}  // namespace auris::http
