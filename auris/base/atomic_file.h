#pragma once
// A file that appears under its name only when it is whole: written to a temporary file beside it, flushed to
// the disk, then renamed. Whatever goes wrong before commit() (an exception, a full disk, a kill) leaves the
// old file, or none.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include "auris/base/error.h"

namespace auris {

class AtomicFile {
 public:
  // Makes the folder if it is missing. Throws `code`, now and later, when the system refuses.
  AtomicFile(std::filesystem::path path, ErrorCode code);
  ~AtomicFile();  // removes the temporary file unless committed
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);
  void commit();

 private:
  [[noreturn]] void fail(const char* doing) const;

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  ErrorCode code_;
  int fd_ = -1;
};

// All of a file at once.
void write_whole(const std::filesystem::path& path, std::span<const std::byte> bytes, ErrorCode code);
void write_whole(const std::filesystem::path& path, std::string_view text, ErrorCode code);

// Puts a finished file in the place of `path`: flushes both file and folder. `from` must lie on the same file
// system.
void replace_file(const std::filesystem::path& from, const std::filesystem::path& path, ErrorCode code);

}  // namespace auris
