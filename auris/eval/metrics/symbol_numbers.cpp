#include "auris/eval/metrics/symbol_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "auris/text/utf8.h"

namespace auris::eval {
namespace {

// Eight bytes at a time, mixed by multiplication. Equal hashes are told apart by the texts themselves.
uint64_t hash_of(std::string_view text) {
  constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;
  uint64_t hash = text.size() * kMultiplier;
  size_t at = 0;
  auto mix = [&](uint64_t piece) {
    hash = (hash ^ piece) * kMultiplier;
    hash ^= hash >> 32;
  };
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t piece = 0;
    std::memcpy(&piece, text.data() + at, 8);
    mix(piece);
  }
  uint64_t rest = 0;
  for (; at < text.size(); ++at) rest = rest << 8 | static_cast<unsigned char>(text[at]);
  mix(rest);
  return hash;
}

unsigned char byte_at(std::string_view text, size_t at) { return static_cast<unsigned char>(text[at]); }

constexpr bool is_ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Bytes that belong to a word, whatever stands beside them: ASCII without its white space.
constexpr std::array<bool, 256> kOfWord = [] {
  std::array<bool, 256> of_word{};
  for (size_t byte = 0; byte < 0x80; ++byte) of_word[byte] = !is_ascii_space(static_cast<char>(byte));
  return of_word;
}();

size_t length_at(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return 1;
  const text::Utf8Part part = text::utf8_part(text, at);
  return part.kind == text::Utf8Part::Kind::kCharacter ? part.length : 1;
}

// Bytes of white space at text[at]; 0 if there is none.
size_t space_at(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) < 0x80) return is_ascii_space(text[at]) ? 1 : 0;
  const text::Utf8Part part = text::utf8_part(text, at);
  const bool space = part.kind == text::Utf8Part::Kind::kCharacter && text::is_white_space(part.code);
  return space ? part.length : 0;
}

}  // namespace

int32_t SymbolNumbers::number_of(std::string_view text) {
  const uint64_t hash = hash_of(text);
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.pair != pair_) {
      slot = {hash, pair_, used_, text};
      return used_++;
    }
    if (slot.hash == hash && slot.text == text) return slot.number;
  }
}

void SymbolNumbers::number(std::span<const std::string_view> reference,
                           std::span<const std::string_view> hypothesis) {
  const size_t slots = std::bit_ceil(2 * (reference.size() + hypothesis.size()) + 2);
  if (slots_.size() < slots) slots_.assign(slots, {});
  if (++pair_ == 0) {  // after 2^32 pairs the old marks would look fresh
    slots_.assign(slots_.size(), {});
    pair_ = 1;
  }
  used_ = 0;
  reference_.clear();
  hypothesis_.clear();
  for (std::string_view text : reference) reference_.push_back(number_of(text));
  for (std::string_view text : hypothesis) hypothesis_.push_back(number_of(text));
}

void split_words(std::string_view text, std::vector<std::string_view>& words) {
  size_t at = 0;
  while (at < text.size()) {
    if (!kOfWord[byte_at(text, at)]) {
      if (const size_t space = space_at(text, at); space > 0) {
        at += space;
        continue;
      }
    }
    const size_t begin = at;
    while (at < text.size()) {
      if (kOfWord[byte_at(text, at)]) {
        ++at;
      } else if (space_at(text, at) > 0) {
        break;
      } else {
        at += length_at(text, at);
      }
    }
    words.push_back(text.substr(begin, at - begin));
  }
}

std::string_view stripped(std::string_view text) {
  size_t begin = 0;
  while (begin < text.size() && space_at(text, begin) > 0) begin += space_at(text, begin);
  size_t end = begin;
  for (size_t at = begin; at < text.size();) {
    const size_t space = space_at(text, at);
    at += space > 0 ? space : length_at(text, at);
    if (space == 0) end = at;
  }
  return text.substr(begin, end - begin);
}

void split_characters(std::string_view text, std::vector<std::string_view>& characters) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = length_at(text, at);
    characters.push_back(text.substr(at, length));
    at += length;
  }
}

}  // namespace auris::eval
