#include "auris/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace auris {
namespace {

[[noreturn]] void fail(ErrorCode code, const std::filesystem::path& path, const std::string& got) {
  throw Error(code, {.where = "file",
                     .expected = "a readable file at " + quoted(path.string(), 300),
                     .got = got,
                     .hint = "check the path and its permissions"});
}

struct Descriptor {
  int fd;
  ~Descriptor() { ::close(fd); }
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path, ErrorCode code) {
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail(code, path, std::strerror(errno));
  Descriptor descriptor{fd};
  struct stat info {};
  if (::fstat(fd, &info) != 0) fail(code, path, std::strerror(errno));
  if (!S_ISREG(info.st_mode))
    fail(code, path, S_ISDIR(info.st_mode) ? "a folder" : "something that is no regular file");
  auto size = static_cast<size_t>(info.st_size);
  const std::byte* data = nullptr;
  if (size > 0) {
    void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED) fail(code, path, std::strerror(errno));
    data = static_cast<const std::byte*>(mapped);
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(path, data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
}

}  // namespace auris
