#include "auris/server/api/api_error.h"

#include <algorithm>
#include <string_view>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/log.h"

namespace auris::server {
namespace {

std::string_view type_of(int status) {
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

std::string message_of(int status) {
  switch (status) {
    case 400: return "The request is not valid HTTP.";
    case 404: return "There is nothing at this address.";
    case 405: return "This address does not take that method.";
    case 408: return "The request did not arrive in time.";
    case 413: return "The request is larger than this server allows.";
    case 415: return "This address does not take that content type.";
    case 426: return "This address is for WebSockets.";
    case 431: return "The headers are larger than this server allows.";
    case 503: return "The server is busy. Try again in a moment.";
    default: return "The server failed at this request. Its log says why.";
  }
}

nlohmann::ordered_json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

// [request: 'stream_options': 'include_usage'] of JsonFields -> stream_options.include_usage
std::string param_of(const std::string& where) {
  std::string param;
  for (size_t at = where.find('\''); at != std::string::npos;) {
    const size_t end = where.find('\'', at + 1);
    if (end == std::string::npos) break;
    if (!param.empty()) param += '.';
    param += where.substr(at + 1, end - at - 1);
    at = where.find('\'', end + 1);
  }
  return param;
}

ApiErrorParts parts_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kUsage:
    case ErrorCode::kInput: return {.status = 400, .message = error.what(), .param = param_of(error.where())};
    case ErrorCode::kCancelled:
      return {.status = 503, .message = error.what(), .code = "cancelled", .retry_after_s = 1};
    default: break;
  }
  log_line(LogLevel::kError, error.what());
  return {.status = 500, .message = message_of(500)};
}

}  // namespace

ApiError overloaded() {
  return ApiError({.status = 503, .message = message_of(503), .code = "overloaded", .retry_after_s = 1});
}

ApiErrorParts parts_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ApiError& known) {
    return known.parts();
  } catch (const Error& known) {
    return parts_of(known);
  } catch (const std::exception& unknown) {
    log_line(LogLevel::kError, unknown.what());
  }
  return {.status = 500, .message = message_of(500)};
}

nlohmann::ordered_json error_json(const ApiErrorParts& parts) {
  return {{"message", parts.message},
          {"type", type_of(parts.status)},
          {"param", text_or_null(parts.param)},
          {"code", text_or_null(parts.code)}};
}

std::string body_of(const ApiErrorParts& parts) { return json_line({{"error", error_json(parts)}}); }

HttpResponse response_of(const ApiErrorParts& parts) {
  HttpResponse response{.status = parts.status, .body = body_of(parts)};
  if (parts.retry_after_s > 0)
    response.headers.emplace_back("Retry-After", std::to_string(parts.retry_after_s));
  if (parts.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

HttpResponse response_of(const std::exception_ptr& error) { return response_of(parts_of(error)); }

HttpResponse refusal(int status) {
  return response_of(
      {.status = status, .message = message_of(status), .retry_after_s = status == 503 ? 1 : 0});
}

}  // namespace auris::server
