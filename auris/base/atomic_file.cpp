#include "auris/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace auris {
namespace {

[[noreturn]] void fail_write(ErrorCode code, const std::filesystem::path& path, const char* doing,
                             int error) {
  throw Error(code, {.where = "file",
                     .expected = std::string(doing) + " " + quoted(path.string(), 300) + " to succeed",
                     .got = std::strerror(error),
                     .hint = error == ENOSPC || error == EDQUOT || error == EFBIG
                                 ? "free some space, or choose a folder on another disk"
                                 : "check the folder and its permissions"});
}

void flush_path(const std::filesystem::path& path, int flags, ErrorCode code) {
  int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) fail_write(code, path, "opening", errno);
  int result = ::fsync(fd);
  int error = errno;
  ::close(fd);
  if (result != 0) fail_write(code, path, "flushing", error);
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path, ErrorCode code) : path_(std::move(path)), code_(code) {
  std::error_code error;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
  std::string pattern = path_.string() + ".XXXXXX";
  fd_ = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (fd_ < 0) fail("creating");
  temporary_ = pattern;
  ::fchmod(fd_, 0644);  // mkostemp makes it private, which a finished file is not
}

AtomicFile::~AtomicFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("writing");
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
}

void AtomicFile::commit() {
  int result = ::close(fd_);
  fd_ = -1;
  if (result != 0) fail("writing");
  replace_file(temporary_, path_, code_);
  temporary_.clear();
}

void AtomicFile::fail(const char* doing) const { fail_write(code_, path_, doing, errno); }

void write_whole(const std::filesystem::path& path, std::span<const std::byte> bytes, ErrorCode code) {
  AtomicFile file(path, code);
  file.write(bytes);
  file.commit();
}

void write_whole(const std::filesystem::path& path, std::string_view text, ErrorCode code) {
  write_whole(path, std::as_bytes(std::span(text)), code);
}

void replace_file(const std::filesystem::path& from, const std::filesystem::path& path, ErrorCode code) {
  flush_path(from, O_RDONLY, code);
  if (::rename(from.c_str(), path.c_str()) != 0) fail_write(code, path, "renaming to", errno);
  std::filesystem::path folder = path.parent_path();
  flush_path(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, code);
}

}  // namespace auris
