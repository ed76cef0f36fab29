#include "auris/base/line_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "auris/base/mapped_file.h"

namespace auris {

void LineFile::fail(const char* doing) const {
  throw Error(code_, {.where = what_,
                      .expected = fmt::format("to {} {}", doing, quoted(path_.string())),
                      .got = std::strerror(errno),
                      .hint = ""});
}

LineFile::LineFile(std::filesystem::path path, std::string what, ErrorCode code,
                   const std::function<void(std::string_view)>& line)
    : path_(std::move(path)), what_(std::move(what)), code_(code) {
  if (path_.has_parent_path()) {
    std::error_code ignored;
    std::filesystem::create_directories(path_.parent_path(), ignored);
  }
  fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd_ < 0) fail("open");
  try {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) fail("have alone");
    size_t begin = 0;
    {
      const auto file = MappedFile::open(path_, code_);
      const std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
      for (size_t end; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1) {
        line(text.substr(begin, end - begin));
      }
    }
    if (::ftruncate(fd_, static_cast<off_t>(begin)) != 0 || ::lseek(fd_, 0, SEEK_END) < 0) fail("go on with");
  } catch (...) {
    ::close(fd_);
    throw;
  }
}

LineFile::~LineFile() {
  if (fd_ >= 0) ::close(fd_);
}

void LineFile::add(const std::string& line) {
  const std::string text = line + "\n";
  for (size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(fd_, text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail("write");
    done += static_cast<size_t>(count);
  }
  if (::fdatasync(fd_) != 0) fail("write");
}

}  // namespace auris
