#include "auris/text/byte_alphabet.h"

#include "auris/text/utf8.h"

namespace auris::text {
namespace {

constexpr int32_t kAlphabetEnd = 0x144;

bool is_printable(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || (byte >= 0xAE && byte <= 0xFF);
}

struct Tables {
  std::array<char32_t, 256> character_of{};
  std::array<int16_t, kAlphabetEnd> byte_of{};
};

const Tables& tables() {
  static const Tables kTables = [] {
    Tables made;
    made.byte_of.fill(-1);
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      const char32_t code = is_printable(byte) ? static_cast<char32_t>(byte) : next++;
      made.character_of[static_cast<size_t>(byte)] = code;
      made.byte_of[code] = static_cast<int16_t>(byte);
    }
    return made;
  }();
  return kTables;
}

}  // namespace

const std::array<char32_t, 256>& byte_alphabet() { return tables().character_of; }

void append_as_byte_characters(std::string_view bytes, std::string& out) {
  for (const char byte : bytes) append_utf8(byte_alphabet()[static_cast<uint8_t>(byte)], out);
}

bool append_from_byte_characters(std::string_view characters, std::string& out) {
  const size_t before = out.size();
  for (size_t i = 0; i < characters.size();) {
    const Character character = character_at(characters, i);
    const int16_t byte = character.code < kAlphabetEnd ? tables().byte_of[character.code] : int16_t{-1};
    if (byte < 0) {
      out.resize(before);
      return false;
    }
    out.push_back(static_cast<char>(byte));
    i += character.length;
  }
  return true;
}

}  // namespace auris::text
