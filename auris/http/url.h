#pragma once
// An address taken apart by the same rules by which libcurl will use it.

#include <optional>
#include <string>

namespace auris::http {

struct UrlParts {
  std::string host;       // in lower case, with the port if one is given: "example.org", "example.org:8443"
  bool has_user = false;  // name or password
};

// Nothing for what is no address of http or https.
std::optional<UrlParts> parts_of(const std::string& url);

}  // namespace auris::http
