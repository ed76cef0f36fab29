#pragma once
// A file mapped read-only into memory. Weights are used in place from such a mapping, so a Tensor keeps it
// alive through a shared_ptr.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "auris/base/error.h"

namespace auris {

class MappedFile {
 public:
  // Throws `code` (kModel for weights, kInput for recordings) if the path is not a readable regular file.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path, ErrorCode code);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  const std::filesystem::path& path() const { return path_; }

 private:
  MappedFile(std::filesystem::path path, const std::byte* data, size_t size)
      : path_(std::move(path)), data_(data), size_(size) {}

  std::filesystem::path path_;
  const std::byte* data_;  // null when the file is empty
  size_t size_;
};

}  // namespace auris
