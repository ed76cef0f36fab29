#pragma once
// Reads little-endian values from bytes that nobody has checked. Every read is compared with what remains; a
// file that ends too early is kModel.

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

static_assert(std::endian::native == std::endian::little,
              "weights files are little endian and used in place");

class ByteReader {
 public:
  // `where` names the format in messages ("gguf").
  ByteReader(std::span<const std::byte> bytes, std::string where) : bytes_(bytes), where_(std::move(where)) {}

  uint64_t position() const { return position_; }
  uint64_t remaining() const { return bytes_.size() - position_; }
  const std::string& where() const { return where_; }

  template <typename T>
  T read(const char* what) {
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  std::span<const std::byte> take(uint64_t count, const char* what) {
    if (count > remaining()) {
      fail_model(where_, fmt::format("{} bytes of {} at byte {}", count, what, position_),
                 fmt::format("only {} bytes up to the end of the file", remaining()),
                 "the file is damaged or was cut short; download it again");
    }
    auto taken = bytes_.subspan(position_, count);
    position_ += count;
    return taken;
  }

  std::string_view text(uint64_t count, const char* what) {
    auto taken = take(count, what);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  // A count of things of at least `bytes_each` bytes, checked before anybody allocates for them.
  void check_count(uint64_t count, uint64_t bytes_each, const char* what) const {
    if (count > remaining() / bytes_each) {
      fail_model(where_, fmt::format("{} {} within the file", count, what),
                 fmt::format("only {} bytes up to the end of the file", remaining()),
                 "the file is damaged or was cut short; download it again");
    }
  }

 private:
  std::span<const std::byte> bytes_;
  uint64_t position_ = 0;
  std::string where_;
};

}  // namespace auris::weights
