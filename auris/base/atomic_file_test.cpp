#include "auris/base/atomic_file.h"

#include <sys/resource.h>

#include <csignal>
#include <iterator>

#include <gtest/gtest.h>

#include "auris/base/test_folder.h"

namespace auris {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

size_t files_in(const TestFolder& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder.path()), {}));
}

TEST(AtomicFile, AppearsOnlyWhenCommitted) {
  TestFolder folder;
  fs::path path = folder / "new" / "file";
  AtomicFile file(path, ErrorCode::kModel);
  file.write(bytes_of("one "));
  file.write(bytes_of("two"));
  EXPECT_FALSE(fs::exists(path));
  file.commit();
  EXPECT_EQ(TestFolder::content_of(path), "one two");
}

TEST(AtomicFile, AbandonedLeavesTheOldFile) {
  TestFolder folder;
  folder.write("file", "old");
  { AtomicFile(folder / "file", ErrorCode::kModel).write(bytes_of("new")); }
  EXPECT_EQ(folder.read("file"), "old");
  EXPECT_EQ(files_in(folder), 1u);
}

// The kernel refuses bytes beyond RLIMIT_FSIZE as it does when a disk is full.
TEST(AtomicFile, FullDiskLeavesNothing) {
  TestFolder folder;
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{.rlim_cur = 1000, .rlim_max = old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  ErrorCode code = ErrorCode::kInternal;
  try {
    AtomicFile file(folder / "file", ErrorCode::kModel);
    file.write(bytes_of(std::string(4000, 'x')));
    file.commit();
  } catch (const Error& error) {
    code = error.code();
  }
  ::setrlimit(RLIMIT_FSIZE, &old_limit);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_EQ(code, ErrorCode::kModel);
  EXPECT_EQ(files_in(folder), 0u);
}

TEST(AtomicFile, ForbiddenPlaceIsAnError) {
  TestFolder folder;
  folder.write("file", "no folder");
  EXPECT_THROW(AtomicFile(folder / "file" / "below", ErrorCode::kUsage), Error);
}

}  // namespace
}  // namespace auris
