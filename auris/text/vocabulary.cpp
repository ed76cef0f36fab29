#include "auris/text/vocabulary.h"

#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::text {
namespace {

// Real vocabularies have few holes; this is far above them and bounds the table at 8 MiB for a tiny file.
constexpr int64_t kMaxHoles = 1 << 20;

uint64_t hash_of(std::string_view text) {
  uint64_t hash = 0x9E3779B97F4A7C15ull ^ text.size();
  while (text.size() >= 8) {
    uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = (hash ^ word) * 0xFF51AFD7ED558CCDull;
    hash ^= hash >> 32;
    text.remove_prefix(8);
  }
  uint64_t rest = 0;
  if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
  hash = (hash ^ rest) * 0xC4CEB9FE1A85EC53ull;
  return hash ^ (hash >> 29);
}

}  // namespace

void Vocabulary::reserve(size_t tokens, size_t bytes) {
  texts_.reserve(bytes);
  places_.reserve(tokens);
  rehash(std::bit_ceil(tokens * 2 + 16));
}

void Vocabulary::add(TokenId id, std::string_view text) {
  const int64_t index = id;
  if (index < 0 || index > 2 * count_ + kMaxHoles) {
    throw Error(ErrorCode::kModel, {.where = "vocabulary",
                                    .expected = "token ids near the number of tokens",
                                    .got = fmt::format("id {} for {}", id, auris::quoted(text)),
                                    .hint = ""});
  }
  if (texts_.size() + text.size() >= kHole) {
    throw Error(ErrorCode::kModel,
                {.where = "vocabulary", .expected = "less than 4 GiB of text", .got = "more", .hint = ""});
  }
  if (index >= size()) places_.resize(static_cast<size_t>(index) + 1);
  Place& place = places_[static_cast<size_t>(index)];
  if (place.begin == kHole) ++count_;
  place = {static_cast<uint32_t>(texts_.size()), static_cast<uint32_t>(text.size())};
  texts_.append(text);
  if (slots_.size() < used_slots_ * 2 + 16) rehash(std::max<size_t>(64, slots_.size() * 2));
  insert_slot(id);
}

std::string_view Vocabulary::text(TokenId id) const {
  if (id < 0 || id >= size()) {
    throw Error(ErrorCode::kUsage, {.where = "tokenizer",
                                    .expected = fmt::format("a token id below {}", size()),
                                    .got = fmt::format("{}", id),
                                    .hint = ""});
  }
  const Place& place = places_[static_cast<size_t>(id)];
  if (place.begin == kHole) return {};
  return std::string_view(texts_).substr(place.begin, place.length);
}

std::optional<TokenId> Vocabulary::find(std::string_view wanted) const {
  if (slots_.empty()) return std::nullopt;
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash_of(wanted) & mask; slots_[slot] >= 0; slot = (slot + 1) & mask) {
    if (text(slots_[slot]) == wanted) return slots_[slot];
  }
  return std::nullopt;
}

void Vocabulary::insert_slot(TokenId id) {
  const std::string_view own = text(id);
  const size_t mask = slots_.size() - 1;
  size_t slot = hash_of(own) & mask;
  while (slots_[slot] >= 0 && text(slots_[slot]) != own) slot = (slot + 1) & mask;
  if (slots_[slot] < 0) ++used_slots_;
  slots_[slot] = id;
}

void Vocabulary::rehash(size_t slots) {
  slots_.assign(slots, -1);
  used_slots_ = 0;
  for (TokenId id = 0; id < size(); ++id) {
    if (contains(id)) insert_slot(id);
  }
}

}  // namespace auris::text
