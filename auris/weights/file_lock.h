#pragma once
// A lock between processes (and threads): held while the object lives, and let go by the system if the
// process dies.

#include <filesystem>

namespace auris::weights {

class FileLock {
 public:
  // Makes the file and its folders, and waits until nobody else holds it. Throws kModel if the system
  // refuses.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_ = -1;
};

}  // namespace auris::weights
