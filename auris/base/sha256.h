#pragma once
// SHA-256 (FIPS 180-4), by OpenSSL.

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace auris {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  // The digest in lower-case hex. Call once, last.
  std::string hex_digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::span<const std::byte> bytes);
// Whether a text can be a digest in lower-case hex.
bool is_sha256_hex(std::string_view text);

}  // namespace auris
