#include "auris/server/page/page.h"

#include <array>
#include <utility>

#include "auris/base/sha256.h"
#include "auris/server/api/api_error.h"

namespace auris::server {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kContentTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
}};

// Scripts and styles are files of this server; recordings are heard from memory (blob:) and sent nowhere
// else.
constexpr const char* kSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; media-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string content_type_of(std::string_view path) {
  for (const auto& [ending, type] : kContentTypes) {
    if (path.ends_with(ending)) return std::string(type);
  }
  return std::string(kPlainText);
}

// If-None-Match: "a", W/"b" or *.
bool has_tag(std::string_view header, const std::string& tag) {
  return header == "*" || header.find(tag) != std::string_view::npos;
}

}  // namespace

Page::Page(std::span<const PageFile> files) {
  for (const PageFile& file : files) {
    const std::string hash = sha256_hex(std::as_bytes(std::span(file.content)));
    files_[file.path] = {.content = file.content, .tag = '"' + hash.substr(0, 32) + '"'};
  }
}

HttpResponse Page::answer(std::string_view path, const HttpRequest& request) const {
  if (files_.empty())
    throw ApiError({.status = 404, .message = "This server was built without its page.", .code = "no_page"});
  const auto found = files_.find(path);
  if (found == files_.end()) throw ApiError({.status = 404, .message = "The page has no such file."});
  const Entry& file = found->second;
  HttpResponse response{
      .content_type = content_type_of(path),
      .headers = {
          {"ETag", file.tag},
          {"Cache-Control", path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache"},
          {"Content-Security-Policy", kSecurityPolicy},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Permissions-Policy", "microphone=(self), camera=(), geolocation=()"},
          {"Cross-Origin-Opener-Policy", "same-origin"}}};
  if (has_tag(request.header("if-none-match"), file.tag)) {
    response.status = 304;
  } else {
    response.body = file.content;
  }
  return response;
}

}  // namespace auris::server
