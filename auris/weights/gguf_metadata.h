#pragma once
// The key-value pairs of a GGUF file that is to be written, in the order in which they are added. The type in
// the file is that of the C++ value:
//
//   GgufMetadata metadata;
//   metadata.add("general.architecture", "llama");
//   metadata.add("llama.block_count", uint32_t{30});
//   metadata.add("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b"});

#include <concepts>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "auris/weights/gguf_format.h"

namespace auris::weights {

class GgufMetadata {
 public:
  // Numbers of 8 to 64 bits, float, double and bool; text; vectors of these, and of such vectors. Throws
  // kUsage for a key that is there already or cannot be one.
  template <typename T>
  requires std::is_arithmetic_v<T>
  void add(std::string_view key, T value) {
    begin(key, type_of<T>());
    put(value);
  }
  void add(std::string_view key, std::string_view text) {
    begin(key, gguf::kString);
    put_text(text);
  }
  template <typename T>
  void add(std::string_view key, const std::vector<T>& values) {
    begin(key, gguf::kArray);
    put_array(values);
  }

  bool contains(std::string_view key) const { return keys_.contains(key); }
  uint64_t count() const { return keys_.size(); }
  const std::string& bytes() const { return bytes_; }  // as the file has them

 private:
  template <typename T>
  struct IsVector : std::false_type {};
  template <typename T>
  struct IsVector<std::vector<T>> : std::true_type {};

  template <typename T>
  static constexpr gguf::ValueType type_of() {
    if constexpr (std::same_as<T, bool>) return gguf::kBool;
    if constexpr (std::same_as<T, float>) return gguf::kFloat32;
    if constexpr (std::same_as<T, double>) return gguf::kFloat64;
    if constexpr (std::integral<T>) {
      constexpr bool kSigned = std::is_signed_v<T>;
      if constexpr (sizeof(T) == 1) return kSigned ? gguf::kInt8 : gguf::kUint8;
      if constexpr (sizeof(T) == 2) return kSigned ? gguf::kInt16 : gguf::kUint16;
      if constexpr (sizeof(T) == 4) return kSigned ? gguf::kInt32 : gguf::kUint32;
      if constexpr (sizeof(T) == 8) return kSigned ? gguf::kInt64 : gguf::kUint64;
    }
    if constexpr (IsVector<T>::value) return gguf::kArray;
    return gguf::kString;
  }

  template <typename T>
  void put_array(const std::vector<T>& values) {
    put(static_cast<uint32_t>(type_of<T>()));
    put(static_cast<uint64_t>(values.size()));
    for (const auto& value : values) {
      if constexpr (IsVector<T>::value) {
        put_array(value);
      } else if constexpr (std::is_arithmetic_v<T>) {
        put(static_cast<T>(value));
      } else {
        put_text(value);
      }
    }
  }
  template <typename T>
  void put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  void put_text(std::string_view text) {
    put(static_cast<uint64_t>(text.size()));
    bytes_ += text;
  }
  void begin(std::string_view key, gguf::ValueType type);

  std::set<std::string, std::less<>> keys_;
  std::string bytes_;
};

}  // namespace auris::weights
