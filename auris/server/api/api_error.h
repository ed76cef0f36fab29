#pragma once
// Why a request is not answered, in the form of OpenAI's API:
//   {"error": {"message", "type", "param", "code"}}
//
//   throw ApiError({.status = 404, .message = "There is no model of that name.", .param = "model"});

#include <exception>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "auris/server/http/http_message.h"

namespace auris::server {

struct ApiErrorParts {
  int status = 400;
  std::string message;
  std::string param = {};  // "messages[0].content"; empty = null
  std::string code = {};   // empty = null
  int retry_after_s = 0;   // > 0: when it is worth trying again
};

class ApiError : public std::exception {
 public:
  explicit ApiError(ApiErrorParts parts) : parts_(std::move(parts)) {}

  const char* what() const noexcept override { return parts_.message.c_str(); }
  const ApiErrorParts& parts() const { return parts_; }

 private:
  ApiErrorParts parts_;
};

// A queue is full.
ApiError overloaded();

// What a client is told of any exception: of its own mistakes all, of ours nothing that the log does not keep
// better. Logs the latter.
ApiErrorParts parts_of(const std::exception_ptr& error);

HttpResponse response_of(const ApiErrorParts& parts);
HttpResponse response_of(const std::exception_ptr& error);
// {"message", "type", "param", "code"}.
nlohmann::ordered_json error_json(const ApiErrorParts& parts);
// The object {"error": {...}} as text.
std::string body_of(const ApiErrorParts& parts);
// The answer to what has no cause but its status (HttpRefusal).
HttpResponse refusal(int status);

}  // namespace auris::server
