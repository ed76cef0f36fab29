#pragma once
// Files of a cache: a magic of eight bytes, numbers in the machine's order (little-endian on all that Auris
// runs on), and at the end XXH3 over all before. A file appears whole or not at all; one that is damaged or
// of another kind counts as absent.

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/base/mapped_file.h"

namespace auris::train {

class SealedWriter {
 public:
  explicit SealedWriter(std::string_view magic) { put(std::span(magic)); }

  template <typename T>
  void put(std::span<const T> values) {
    const auto bytes = std::as_bytes(values);
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  void put_u32(uint32_t value) { put(std::span<const uint32_t>(&value, 1)); }

  // Throws kUsage when the system refuses to write (a full disk, say).
  void write(const std::filesystem::path& path);

 private:
  std::vector<std::byte> bytes_;
};

class SealedReader {
 public:
  // nullopt for a file that is damaged. Throws kInput for one that cannot be opened.
  static std::optional<SealedReader> open(const std::filesystem::path& path, std::string_view magic);

  // False, and nothing is taken, if fewer bytes are left.
  template <typename T>
  bool take(std::span<T> values) {
    if (values.size_bytes() > left_.size()) return false;
    std::memcpy(values.data(), left_.data(), values.size_bytes());
    left_ = left_.subspan(values.size_bytes());
    return true;
  }
  bool take_u32(uint32_t& value) { return take(std::span<uint32_t>(&value, 1)); }
  size_t left() const { return left_.size(); }

 private:
  std::shared_ptr<const MappedFile> file_;
  std::span<const std::byte> left_;
};

}  // namespace auris::train
