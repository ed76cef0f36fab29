#pragma once
// Requests and answers as routes see them, whoever carries them.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace auris::server {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;   // "GET"
  std::string path;     // without the query, as it was sent
  std::string query;    // behind the question mark, as it was sent
  HttpHeaders headers;  // names in lower case, in the order they came in
  std::string body;
  std::string peer;  // address of the client

  // The first header of that name (lower case); empty if there is none.
  std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string body = {};
  std::string content_type = "application/json";
  HttpHeaders headers = {};  // further ones
};

}  // namespace auris::server
