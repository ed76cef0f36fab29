#include "auris/audio/testing/opus_bomb.h"

#include <cstdint>
#include <vector>

namespace auris::audio {
namespace {

uint32_t ogg_checksum(const std::string& page) {
  uint32_t sum = 0;
  for (char c : page) {
    sum ^= static_cast<uint32_t>(static_cast<unsigned char>(c)) << 24;
    for (int bit = 0; bit < 8; ++bit) sum = sum << 1 ^ ((sum & 0x80000000u) != 0 ? 0x04c11db7u : 0);
  }
  return sum;
}

// RFC 3533. All packets are shorter than 255 bytes.
std::string ogg_page(const std::vector<std::string>& packets, int flags, uint64_t granule, uint32_t number) {
  std::string page = "OggS";
  page += '\0';
  page += static_cast<char>(flags);
  for (int i = 0; i < 8; ++i) page += static_cast<char>(granule >> (8 * i));
  page += "AURI";
  for (int i = 0; i < 4; ++i) page += static_cast<char>(number >> (8 * i));
  page += std::string(4, '\0');
  page += static_cast<char>(packets.size());
  for (const std::string& packet : packets) page += static_cast<char>(packet.size());
  for (const std::string& packet : packets) page += packet;
  uint32_t sum = ogg_checksum(page);
  for (size_t i = 0; i < 4; ++i) page[22 + i] = static_cast<char>(sum >> (8 * i));
  return page;
}

}  // namespace

std::string opus_bomb(double seconds, double lie_s) {
  using namespace std::string_literals;
  std::string file = ogg_page({"OpusHead\x01\x01\x00\x00\x80\xbb\x00\x00\x00\x00\x00"s}, 2, 0, 0);
  file += ogg_page({"OpusTags\x04\x00\x00\x00none\x00\x00\x00\x00"s}, 0, 0, 1);
  const std::string silence = "\xfb\x06"s;  // RFC 6716: CELT, six equal frames of 20 ms without a byte each
  std::vector<std::string> packets(255, silence);
  double page_s = 255 * 0.12;
  auto pages = static_cast<uint32_t>(seconds / page_s) + 1;
  for (uint32_t i = 0; i < pages; ++i) {
    double time = lie_s > 0 ? lie_s * (i + 1) / pages : (i + 1) * page_s;
    file += ogg_page(packets, i + 1 == pages ? 4 : 0, static_cast<uint64_t>(time * 48000), i + 2);
  }
  return file;
}

}  // namespace auris::audio
