#pragma once
// For tests: writes little-endian values one after the other, well-formed or not.

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "auris/weights/parsed_file.h"

namespace auris::weights {

// Self is the deriving builder, so that its own methods may follow these in a chain.
template <typename Self>
class ByteBuilder {
 public:
  template <typename T>
  Self& put(T value) {
    data_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return static_cast<Self&>(*this);
  }
  Self& u8(uint8_t value) { return put(value); }
  Self& u16(uint16_t value) { return put(value); }
  Self& u32(uint32_t value) { return put(value); }
  Self& u64(uint64_t value) { return put(value); }
  Self& raw(std::string_view bytes) {
    data_ += bytes;
    return static_cast<Self&>(*this);
  }
  Self& zeros(size_t count) {
    data_.append(count, '\0');
    return static_cast<Self&>(*this);
  }
  Self& pad_to(size_t alignment) { return zeros((alignment - data_.size() % alignment) % alignment); }

  operator std::string() const { return data_; }

 private:
  std::string data_;
};

class TestBytes : public ByteBuilder<TestBytes> {};

// Parses a copy that ends exactly where the bytes do, so that a sanitizer sees each byte read too far.
// Returns the message of the kModel error, "" if there was none, and rethrows anything else.
template <typename Parse>
std::string model_error_of(Parse parse, std::string_view content) {
  auto copy = std::make_unique<std::byte[]>(content.size());
  std::memcpy(copy.get(), content.data(), content.size());
  try {
    ParsedFile file = parse(std::span<const std::byte>(copy.get(), content.size()));
    return "";
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kModel) throw;
    return error.what();
  }
}

}  // namespace auris::weights
