#include "auris/http/public_address.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

namespace auris::http {
namespace {

struct Block {
  std::array<uint8_t, 4> first;
  int bits;
};

// IANA's IPv4 special-purpose registry, multicast and what is reserved.
constexpr Block kSpecial[] = {
    {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10}, {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},  {{192, 0, 0, 0}, 24},  {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24}, {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15}, {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
};

uint32_t number_of(const std::array<uint8_t, 4>& bytes) {
  return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

bool is_public_v4(uint32_t address) {
  return std::ranges::none_of(kSpecial, [&](const Block& block) {
    return (address ^ number_of(block.first)) >> (32 - block.bits) == 0;
  });
}

// Global unicast is 2000::/3; within it 2001::/23 (Teredo and other protocols), 2001:db8::/32
// (documentation), 2002::/16 (IPv4 within) and 3fff::/20 (documentation) are not for everybody.
bool is_public_v6(const uint8_t* bytes) {
  if (bytes[0] >> 5 != 1) return false;
  if (bytes[0] == 0x20 && bytes[1] == 0x01) {
    const bool is_protocol = bytes[2] >> 1 == 0;
    const bool is_documentation = bytes[2] == 0x0D && bytes[3] == 0xB8;
    return !is_protocol && !is_documentation;
  }
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return false;
  return bytes[0] != 0x3F || bytes[1] != 0xFF || bytes[2] >> 4 != 0;
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address, sizeof v4);
    return is_public_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 v6;
  std::memcpy(&v6, &address, sizeof v6);
  return is_public_v6(v6.sin6_addr.s6_addr);
}

}  // namespace auris::http
