#pragma once
// Downloads over HTTP and HTTPS, by libcurl.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "auris/base/progress.h"

namespace auris::weights {

struct HttpReply {
  long status = 0;
  std::map<std::string, std::string> headers;  // lower-case names; of the last response
  std::string body{};
};

struct HttpRequest {
  std::string url{};
  std::string bearer_token{};  // sent to this host only, never to one that it redirects to
  bool head = false;
  bool follow_redirects = true;
  size_t max_body_bytes = 64u << 20;
};

// One small request. Throws kNetwork if no reply comes; any status is returned.
HttpReply http_request(const HttpRequest& request);

struct HttpDownload {
  std::string url{};
  std::string bearer_token{};
  std::filesystem::path target{};
  uint64_t bytes = 0;    // 0 = unknown
  std::string sha256{};  // empty = unknown
  std::string name{};    // for progress and messages
  int attempts = 5;
  ProgressCallback progress{};
};

// Downloads into TARGET.part, continuing what an earlier attempt left there if the server says it is still
// the same file (Range with If-Range), compares size and hash, flushes, and renames to `target`. A transfer
// that breaks off is taken up again `attempts` times. Throws kNetwork, kModel when the disk refuses,
// kCancelled.
void http_download(const HttpDownload& download);

}  // namespace auris::weights
