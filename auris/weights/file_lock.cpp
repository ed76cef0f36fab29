#include "auris/weights/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

FileLock::FileLock(const std::filesystem::path& path) {
  std::error_code ignored;
  std::filesystem::create_directories(path.parent_path(), ignored);
  fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  int result = fd_ < 0 ? -1 : ::flock(fd_, LOCK_EX);
  while (result != 0 && fd_ >= 0 && errno == EINTR) result = ::flock(fd_, LOCK_EX);
  if (result == 0) return;
  int error = errno;
  if (fd_ >= 0) ::close(fd_);
  fail_model("models", "a lock at " + quoted(path.string(), 300), std::strerror(error),
             "check the folder and its permissions");
}

FileLock::~FileLock() { ::close(fd_); }

}  // namespace auris::weights
