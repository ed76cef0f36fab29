#include "auris/text/charsmap.h"

#include <cstring>

#include "auris/base/error.h"

namespace auris::text {
namespace {

// darts.h, DoubleArrayUnit
constexpr uint32_t kIsLeaf = 1u << 31;
bool has_leaf(uint32_t unit) { return ((unit >> 8) & 1) != 0; }
uint32_t value_of(uint32_t unit) { return unit & ~kIsLeaf; }
uint32_t label_of(uint32_t unit) { return unit & (kIsLeaf | 0xFF); }
uint32_t offset_of(uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }

[[noreturn]] void fail(std::string expected, std::string got) {
  throw Error(ErrorCode::kModel, {.where = "compiled normalization rules",
                                  .expected = std::move(expected),
                                  .got = std::move(got),
                                  .hint = ""});
}

}  // namespace

Charsmap::Charsmap(const std::string& blob) {
  uint32_t trie_bytes = 0;
  if (blob.size() < sizeof(trie_bytes)) fail("at least four bytes", "fewer");
  std::memcpy(&trie_bytes, blob.data(), sizeof(trie_bytes));
  if (trie_bytes == 0 || trie_bytes % 4 != 0 || trie_bytes > blob.size() - 4)
    fail("a trie that fits", "another size");
  units_.resize(trie_bytes / 4);
  std::memcpy(units_.data(), blob.data() + 4, trie_bytes);
  replacements_ = blob.substr(4 + size_t{trie_bytes});
  check();
}

void Charsmap::check() const {
  if (replacements_.empty() || replacements_.back() != '\0')
    fail("replacements ended by a zero byte", "none");
  for (size_t i = 0; i < units_.size(); ++i) {
    const uint32_t unit = units_[i];
    if ((unit & kIsLeaf) != 0) {
      if (value_of(unit) >= replacements_.size()) fail("replacements inside the text", "one outside");
    } else if (((i ^ offset_of(unit)) | 0xFF) >= units_.size()) {
      fail("steps inside the trie", "one that leaves it");
    }
  }
}

std::optional<std::string_view> Charsmap::find(std::string_view text) const {
  size_t node = offset_of(units_[0]);
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (byte == 0) return std::nullopt;
    node ^= byte;
    const uint32_t unit = units_[node];
    if (label_of(unit) != byte) return std::nullopt;
    node ^= offset_of(unit);
    if (has_leaf(unit)) {
      const uint32_t value = value_of(units_[node]);
      if (value >= replacements_.size()) return std::nullopt;
      return std::string_view(replacements_.c_str() + value);
    }
  }
  return std::nullopt;
}

}  // namespace auris::text
