// Downloads from a real server on this machine that breaks off, lies and changes its mind.

#include "auris/weights/http_download.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <gtest/gtest.h>

#include "auris/base/error.h"
#include "auris/base/sha256.h"
#include "auris/http/test_server.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;
using http::test_content;
using http::TestServer;

class HttpDownloadTest : public testing::Test {
 protected:
  HttpDownloadTest() : content_(test_content(450'000)) { server_.files.write("file", content_); }

  HttpDownload from(const std::string& kind) {
    return {.url = server_.url() + "/" + kind + "/file",
            .bearer_token = "",
            .target = folder_ / "file",
            .bytes = content_.size(),
            .sha256 = sha256_hex(std::as_bytes(std::span(content_))),
            .name = "file",
            .attempts = 8,
            .progress = {}};
  }
  static ErrorCode code_of(const HttpDownload& download) {
    try {
      http_download(download);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "nothing thrown";
    return ErrorCode::kInternal;
  }
  // Only the whole file, no .part.
  void expect_whole(const std::string& content) {
    EXPECT_TRUE(folder_.read("file") == content);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
  }
  bool target_exists() { return fs::exists(folder_ / "file"); }

  TestServer server_;
  TestFolder folder_;
  std::string content_;
};

TEST_F(HttpDownloadTest, WholeFileWithProgress) {
  HttpDownload download = from("plain");
  uint64_t last = 0;
  download.progress = [&](const Progress& progress) {
    EXPECT_EQ(progress.name, "file");
    EXPECT_GE(progress.done_bytes, last);
    EXPECT_EQ(progress.total_bytes, 450'000u);
    last = progress.done_bytes;
    return true;
  };
  http_download(download);
  expect_whole(content_);
  EXPECT_GT(last, 0u);
}

TEST_F(HttpDownloadTest, ContinuesWhereItBrokeOff) {
  http_download(from("cut"));
  expect_whole(content_);
  auto log = server_.log();
  ASSERT_EQ(log.size(), 5u);
  EXPECT_EQ(log[0]["range"], "");
  for (size_t i = 1; i < log.size(); ++i) {
    EXPECT_EQ(log[i]["range"], "bytes=" + std::to_string(i * 100'000) + "-");
    EXPECT_NE(log[i]["if_range"], "");
  }
}

TEST_F(HttpDownloadTest, ContinuesWithoutKnowingSizeOrHash) {
  HttpDownload download = from("cut");
  download.bytes = 0;
  download.sha256.clear();
  http_download(download);
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, StartsOverWhenTheServerKnowsNoRanges) {
  http_download(from("norange"));
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, StartsOverWhenTheFileChanged) {
  std::string reversed(content_.rbegin(), content_.rend());
  HttpDownload download = from("changing");
  download.sha256 = sha256_hex(std::as_bytes(std::span(reversed)));
  http_download(download);
  expect_whole(reversed);
}

TEST_F(HttpDownloadTest, TheWrongRangeIsNotBelieved) {
  http_download(from("lying"));
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, GivesUpOnAServerThatAlwaysBreaksOff) {
  HttpDownload download = from("drop");
  download.attempts = 3;
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_EQ(server_.log().size(), 3u);
  EXPECT_FALSE(target_exists());
}

TEST_F(HttpDownloadTest, BrokenOffTooOftenIsNotTakenForWholeAndContinuesLater) {
  HttpDownload download = from("cut");
  download.attempts = 2;
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_FALSE(target_exists());
  EXPECT_EQ(fs::file_size(folder_ / "file.part"), 200'000u);
  http_download(from("plain"));
  expect_whole(content_);
  EXPECT_EQ(server_.log().back()["range"], "bytes=200000-");
}

TEST_F(HttpDownloadTest, WrongHashLeavesNothing) {
  HttpDownload download = from("plain");
  download.sha256 = std::string(64, '0');
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(HttpDownloadTest, WrongSizeLeavesNothingTakenForWhole) {
  HttpDownload download = from("plain");
  download.attempts = 2;
  download.bytes = 449'999;
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_FALSE(target_exists());
  download.bytes = 450'001;
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_FALSE(target_exists());
}

TEST_F(HttpDownloadTest, MissingFileIsAskedForOnce) {
  HttpDownload download = from("plain");
  download.url += "-missing";
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_EQ(server_.log().size(), 1u);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(HttpDownloadTest, ACompletePartIsOnlyChecked) {
  folder_.write("file.part", content_);
  http_download(from("plain"));
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, ADamagedPartIsNoticed) {
  folder_.write("file.part", std::string(100'000, 'x'));
  EXPECT_EQ(code_of(from("plain")), ErrorCode::kNetwork);
  EXPECT_TRUE(fs::is_empty(folder_.path()));
  http_download(from("plain"));
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, StopsWhenToldAndContinuesLater) {
  server_.files.write("file", content_ = test_content(2'000'000));
  HttpDownload download = from("slow");
  download.progress = [](const Progress& progress) { return progress.done_bytes < 200'000; };
  EXPECT_EQ(code_of(download), ErrorCode::kCancelled);
  EXPECT_FALSE(target_exists());
  EXPECT_GE(fs::file_size(folder_ / "file.part"), 200'000u);
  http_download(from("plain"));
  expect_whole(content_);
  EXPECT_NE(server_.log().back()["range"], "");
}

TEST_F(HttpDownloadTest, AKilledDownloadLeavesOnlyAPart) {
  server_.files.write("file", content_ = test_content(5'000'000));
  HttpDownload slow = from("slow");
  pid_t child = ::fork();
  if (child == 0) {
    http_download(slow);
    ::_exit(0);
  }
  std::error_code error;
  while (fs::file_size(folder_ / "file.part", error) < 300'000 || error) {
    ASSERT_EQ(::waitpid(child, nullptr, WNOHANG), 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(target_exists());
  http_download(from("plain"));
  expect_whole(content_);
  EXPECT_NE(server_.log().back()["range"], "");
}

// The kernel refuses bytes beyond RLIMIT_FSIZE as it does when a disk is full.
TEST_F(HttpDownloadTest, FullDiskIsAnErrorOfItsOwn) {
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{.rlim_cur = 200'000, .rlim_max = old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  ErrorCode code = code_of(from("plain"));
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(code, ErrorCode::kModel);
  EXPECT_FALSE(target_exists());
  http_download(from("plain"));
  expect_whole(content_);
}

TEST_F(HttpDownloadTest, OtherProtocolsAreRefused) {
  HttpDownload download = from("plain");
  download.url = "file://" + (server_.files / "file").string();
  download.attempts = 1;
  EXPECT_EQ(code_of(download), ErrorCode::kNetwork);
  EXPECT_FALSE(target_exists());
}

}  // namespace
}  // namespace auris::weights
