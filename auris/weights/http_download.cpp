#include "auris/weights/http_download.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "auris/base/atomic_file.h"
#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"
#include "auris/http/curl_handle.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

[[noreturn]] void fail_network(const std::string& expected, const std::string& got,
                               const std::string& hint = "") {
  throw Error(ErrorCode::kNetwork, {.where = "download", .expected = expected, .got = got, .hint = hint});
}

std::string hint_for(long status) {
  if (status == 401 || status == 403)
    return "this needs a token: set HF_TOKEN, and accept the model's licence on its page";
  if (status == 404) return "check the name, the revision and the file";
  return "trying again later may help";
}

// One file on its way into its .part.
class Transfer {
 public:
  explicit Transfer(const HttpDownload& download)
      : download_(download),
        part_(download.target.string() + ".part"),
        tag_(download.target.string() + ".part.etag") {}

  void run() {
    std::error_code ignored;
    if (download_.target.has_parent_path()) fs::create_directories(download_.target.parent_path(), ignored);
    for (int attempt = 1; !is_whole_; ++attempt) {
      try {
        fetch();
      } catch (const Error& error) {
        if (error.code() != ErrorCode::kNetwork || final_ || attempt >= download_.attempts) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(100 << std::min(attempt, 6)));
      }
    }
    check();
    replace_file(part_, download_.target, ErrorCode::kModel);
    fs::remove(tag_, ignored);
  }

 private:
  void fetch() {
    begin_ = resumable_bytes();
    http::Curl curl = http::new_curl(download_.url, download_.bearer_token);
    CURL* handle = curl.get();
    curl_slist* headers = nullptr;
    if (begin_ > 0) {
      curl_easy_setopt(handle, CURLOPT_RANGE, fmt::format("{}-", begin_).c_str());
      std::string tag = first_line(tag_);
      if (!tag.empty()) headers = curl_slist_append(nullptr, ("If-Range: " + tag).c_str());
      curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    }
    std::unique_ptr<curl_slist, void (*)(curl_slist*)> owned(headers, curl_slist_free_all);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    http::collect_headers(handle, headers_);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, this);
    handle_ = handle;
    headers_.clear();
    started_ = false;
    CURLcode result = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status_);
    bool closed = close_part();
    finish(result, closed);
  }

  void finish(CURLcode result, bool closed) {
    if (write_error_ != 0 || !closed) {
      throw Error(ErrorCode::kModel,
                  {.where = "download",
                   .expected = "room for " + quoted(download_.name),
                   .got = std::strerror(write_error_ != 0 ? write_error_ : errno),
                   .hint = "free some space, or set AURIS_CACHE to a folder on another disk"});
    }
    if (cancelled_) {
      throw Error(ErrorCode::kCancelled, {.where = "download",
                                          .expected = "to finish " + quoted(download_.name),
                                          .got = "a request to stop",
                                          .hint = "the next attempt continues where this one stopped"});
    }
    if (status_ == 416) {  // nothing behind what is here: whole already, or another file by now
      if (http::header_of(headers_, "content-range") == fmt::format("bytes */{}", begin_)) {
        is_whole_ = true;
        return;
      }
      forget_part();
      fail_network("the rest of " + quoted(download_.name), "status 416");
    }
    if (status_ >= 400) {
      final_ = status_ < 500 && status_ != 408 && status_ != 429;
      fail_network(quoted(download_.name), fmt::format("status {}", status_), hint_for(status_));
    }
    if (result != CURLE_OK) {
      fail_network("all of " + quoted(download_.name), curl_easy_strerror(result),
                   "trying again continues the download");
    }
    if (!started_ && !start()) return finish(CURLE_OK, close_part());  // a reply without any bytes
    is_whole_ = close_part();
  }

  // How much of an earlier attempt can be continued: only what a tag or a hash can show to be the same file.
  uint64_t resumable_bytes() {
    std::error_code error;
    uint64_t there = fs::file_size(part_, error);
    if (error) return 0;
    bool provable = !first_line(tag_).empty() || !download_.sha256.empty();
    bool sane = download_.bytes == 0 || there <= download_.bytes;
    if (provable && sane) return there;
    forget_part();
    return 0;
  }

  void forget_part() {
    std::error_code ignored;
    fs::remove(part_, ignored);
    fs::remove(tag_, ignored);
  }

  static std::string first_line(const fs::path& path) {
    std::ifstream file(path);
    std::string tag;
    std::getline(file, tag);
    return tag;
  }

  // The first bytes of a reply are here: decides between continuing and starting over.
  bool start() {  // false: do not go on
    started_ = true;
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    bool continues = status == 206 &&
                     http::header_of(headers_, "content-range").starts_with(fmt::format("bytes {}-", begin_));
    if (status == 206 && !continues) {  // another range than the one asked for: worth nothing
      forget_part();
      return false;
    }
    if (!continues) begin_ = 0;
    received_ = begin_;
    std::string tag = http::header_of(headers_, "etag");
    if (tag.starts_with("W/")) tag.clear();  // a weak tag does not promise the same bytes
    if (!continues) {
      std::ofstream(tag_, std::ios::trunc) << tag;
    }
    file_.reset(std::fopen(part_.c_str(), continues ? "ab" : "wb"));
    if (!file_) write_error_ = errno;
    return file_ != nullptr;
  }

  bool close_part() {
    if (!file_) return true;
    return std::fclose(file_.release()) == 0;
  }

  static size_t on_data(char* data, size_t size, size_t count, void* user) {
    auto& self = *static_cast<Transfer*>(user);
    long status = 0;
    curl_easy_getinfo(self.handle_, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200 && status != 206) return size * count;  // the page of an error or a redirect
    if (!self.started_ && !self.start()) return 0;
    if (self.download_.bytes != 0 && self.received_ + size * count > self.download_.bytes) return 0;
    if (std::fwrite(data, size, count, self.file_.get()) != count) {
      self.write_error_ = errno;
      return 0;
    }
    self.received_ += size * count;
    return size * count;
  }

  static int on_progress(void* user, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) {
    auto& self = *static_cast<Transfer*>(user);
    if (!self.download_.progress) return 0;
    uint64_t known = self.download_.bytes;
    if (known == 0 && total > 0 && self.started_) known = self.begin_ + static_cast<uint64_t>(total);
    self.cancelled_ = !self.download_.progress({self.download_.name, self.received_, known});
    return self.cancelled_ ? 1 : 0;
  }

  void check() {
    auto file = MappedFile::open(part_, ErrorCode::kModel);
    uint64_t bytes = file->bytes().size();
    std::string problem;
    if (download_.bytes != 0 && bytes != download_.bytes) {
      problem = fmt::format("{} bytes instead of {}", bytes, download_.bytes);
    } else if (!download_.sha256.empty() && sha256_hex(file->bytes()) != download_.sha256) {
      problem = "another SHA-256 than expected";
    }
    if (problem.empty()) return;
    forget_part();
    fail_network(quoted(download_.name) + " as it was published", problem,
                 "the file was changed on the server or on the way; nothing of it was kept");
  }

  const HttpDownload& download_;
  fs::path part_;
  fs::path tag_;
  CURL* handle_ = nullptr;
  File file_;
  http::Headers headers_;
  uint64_t begin_ = 0;     // bytes that were there before this request
  uint64_t received_ = 0;  // bytes in the .part now
  long status_ = 0;
  int write_error_ = 0;
  bool started_ = false;
  bool cancelled_ = false;
  bool is_whole_ = false;
  bool final_ = false;  // the server's answer will not change by asking again
};

}  // namespace

void http_download(const HttpDownload& download) { Transfer(download).run(); }

}  // namespace auris::weights
