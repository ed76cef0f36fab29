#include "auris/http/request.h"

#include <algorithm>

#include <fmt/format.h>

#include <sys/socket.h>

#include "auris/base/error.h"
#include "auris/http/curl_handle.h"
#include "auris/http/public_address.h"

namespace auris::http {
namespace {

struct MimeDeleter {
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

struct Transfer {
  const Request& request;
  std::string body = {};
  bool oversized = false, cancelled = false;
};

size_t on_body(char* data, size_t size, size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.oversized = size * count > transfer.request.max_body_bytes - transfer.body.size();
  if (transfer.oversized) return 0;
  transfer.body.append(data, size * count);
  return size * count;
}

int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.cancelled = transfer.request.cancelled && transfer.request.cancelled();
  return transfer.cancelled ? 1 : 0;
}

// Asked with the address that a connection is about to be made to, behind all resolving.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* address) {
  if (!is_public(address->addr)) return CURL_SOCKET_BAD;
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Mime form_of(CURL* handle, const std::vector<FormPart>& parts) {
  Mime mime(curl_mime_init(handle));
  for (const FormPart& part : parts) {
    curl_mimepart* field = curl_mime_addpart(mime.get());
    curl_mime_name(field, part.name.c_str());
    curl_mime_data(field, part.content.data(), part.content.size());
    if (!part.file_name.empty()) curl_mime_filename(field, part.file_name.c_str());
    if (!part.content_type.empty()) curl_mime_type(field, part.content_type.c_str());
  }
  return mime;
}

void check(const Transfer& transfer, CURLcode result) {
  const std::string wanted = "a reply from " + quoted(transfer.request.url, 300);
  if (transfer.cancelled) {
    throw Error(ErrorCode::kCancelled,
                {.where = "http", .expected = wanted, .got = "a request to stop", .hint = ""});
  }
  if (transfer.oversized) {
    throw Error(ErrorCode::kInput,
                {.where = "http",
                 .expected = fmt::format("{} of at most {} bytes", wanted, transfer.request.max_body_bytes),
                 .got = "more",
                 .hint = ""});
  }
  if (result != CURLE_OK) {
    throw Error(ErrorCode::kNetwork, {.where = "http",
                                      .expected = wanted,
                                      .got = curl_easy_strerror(result),
                                      .hint = "check the address and the connection"});
  }
}

}  // namespace

Reply send(const Request& request) {
  const Curl curl = new_curl(request.url, request.bearer_token);
  CURL* handle = curl.get();
  Reply reply;
  Transfer transfer{.request = request};
  const bool posts = request.json_body || !request.form.empty();
  HeaderList headers;
  Mime form;
  if (posts) {  // without "Expect: 100-continue", which servers that do not know it let wait for a second
    headers.reset(curl_slist_append(nullptr, "Expect:"));
    if (request.json_body)
      headers.reset(curl_slist_append(headers.release(), "Content-Type: application/json"));
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  }
  if (request.json_body) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.json_body->data());
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.json_body->size()));
  } else if (posts) {
    form = form_of(handle, request.form);
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, form.get());
  }
  if (request.head) curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, request.follow_redirects && !posts ? 1L : 0L);
  if (request.public_addresses_only) {
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
  }
  if (request.timeout_s > 0) {
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(request.timeout_s * 1000)));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 0L);
  }
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  collect_headers(handle, reply.headers);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  check(transfer, curl_easy_perform(handle));
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &reply.status);
  reply.body = std::move(transfer.body);
  return reply;
}

}  // namespace auris::http
