#pragma once
// Downloads of files over HTTP and HTTPS.

#include <cstdint>
#include <filesystem>
#include <string>

#include "auris/base/progress.h"

namespace auris::weights {

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
