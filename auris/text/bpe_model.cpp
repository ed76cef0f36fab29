#include "auris/text/bpe_model.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/byte_alphabet.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

uint64_t key_of(TokenId left, TokenId right) {
  return (static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32) | static_cast<uint32_t>(right);
}

size_t hash_of(uint64_t key) {
  key *= 0x9E3779B97F4A7C15ull;
  return static_cast<size_t>(key ^ (key >> 32));
}

[[noreturn]] void fail_merge(std::string_view left, std::string_view right) {
  throw Error(ErrorCode::kModel, {.where = "BPE merges",
                                  .expected = "parts and unions that are in the vocabulary",
                                  .got = auris::quoted(left) + " + " + auris::quoted(right),
                                  .hint = ""});
}

}  // namespace

void MergeTable::reserve(size_t merges) { slots_.assign(std::bit_ceil(merges * 2 + 16), Slot{}); }

MergeTable::Slot& MergeTable::slot_of(uint64_t key) {
  const size_t mask = slots_.size() - 1;
  size_t i = hash_of(key) & mask;
  while (slots_[i].key != kFree && slots_[i].key != key) i = (i + 1) & mask;
  return slots_[i];
}

void MergeTable::add(TokenId left, TokenId right, Merge merge, bool replace) {
  if (slots_.size() < (used_ + 1) * 2) grow();
  Slot& slot = slot_of(key_of(left, right));
  if (slot.key != kFree && !replace) return;
  if (slot.key == kFree) ++used_;
  slot = {key_of(left, right), merge};
}

Merge MergeTable::find(TokenId left, TokenId right) const {
  if (slots_.empty()) return {};
  const uint64_t key = key_of(left, right);
  const size_t mask = slots_.size() - 1;
  for (size_t i = hash_of(key) & mask; slots_[i].key != kFree; i = (i + 1) & mask) {
    if (slots_[i].key == key) return slots_[i].merge;
  }
  return {};
}

void MergeTable::grow() {
  std::vector<Slot> old = std::move(slots_);
  slots_.assign(std::max<size_t>(64, old.size() * 2), Slot{});
  for (const Slot& slot : old) {
    if (slot.key != kFree) slot_of(slot.key) = slot;
  }
}

BpeModel::BpeModel(std::shared_ptr<const Vocabulary> vocabulary, const MergeList& merges, BpeOptions options,
                   const std::vector<TokenId>& excluded, bool last_duplicate_wins)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)), excluded_(excluded) {
  for (size_t byte = 0; byte < 256; ++byte) {
    std::string character;
    append_utf8(byte_alphabet()[byte], character);
    byte_ids_[byte] = vocabulary_->find(character).value_or(-1);
    fallback_ids_[byte] = vocabulary_->find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
  }
  if (options_.unknown) {
    const auto id = vocabulary_->find(*options_.unknown);
    if (!id) {
      throw Error(ErrorCode::kModel, {.where = "BPE model",
                                      .expected = "an unknown token that is in the vocabulary",
                                      .got = auris::quoted(*options_.unknown),
                                      .hint = ""});
    }
    unknown_id_ = *id;
  }
  add_merges(merges, last_duplicate_wins);
}

bool BpeModel::is_excluded(TokenId id) const {
  return std::binary_search(excluded_.begin(), excluded_.end(), id);
}

void BpeModel::add_merges(const MergeList& merges, bool last_duplicate_wins) {
  merges_.reserve(merges.size());
  std::string joined;
  uint32_t rank = 0;
  for (const auto& [left, right] : merges) {
    const auto left_id = vocabulary_->find(left);
    const auto right_id = vocabulary_->find(right);
    if (!left_id || !right_id || right.size() < options_.continuing_prefix.size()) fail_merge(left, right);
    joined.assign(left);
    joined.append(right.substr(options_.continuing_prefix.size()));
    const auto joined_id = vocabulary_->find(joined);
    if (!joined_id) fail_merge(left, right);
    if (!is_excluded(*joined_id)) merges_.add(*left_id, *right_id, {rank, *joined_id}, last_duplicate_wins);
    ++rank;
  }
}

void BpeModel::encode(std::string_view word, std::vector<TokenId>& out) const {
  if (options_.ignore_merges && encode_whole(word, out)) return;
  thread_local std::vector<Symbol> symbols;
  symbols.clear();
  options_.bytes ? split_bytes(word, symbols) : split_characters(word, symbols);
  merge_symbols(symbols, [this](const Symbol& a, const Symbol& b) { return merges_.find(a.id, b.id); });
  for (const Symbol& symbol : symbols) {
    if (symbol.length > 0) out.push_back(symbol.id);
  }
  constexpr size_t kKeptSymbols = 4096;  // the scratch of a long word is not kept
  if (symbols.capacity() > kKeptSymbols) std::vector<Symbol>().swap(symbols);
}

bool BpeModel::encode_whole(std::string_view word, std::vector<TokenId>& out) const {
  std::string characters;
  if (options_.bytes) append_as_byte_characters(word, characters);
  const auto id = vocabulary_->find(options_.bytes ? std::string_view(characters) : word);
  if (!id || is_excluded(*id)) return false;
  out.push_back(*id);
  return true;
}

void BpeModel::split_bytes(std::string_view word, std::vector<Symbol>& symbols) const {
  for (size_t i = 0; i < word.size(); ++i) {
    const TokenId id = byte_ids_[static_cast<uint8_t>(word[i])];
    if (id >= 0) {
      symbols.push_back({.id = id, .begin = static_cast<uint32_t>(i), .length = 1});
    } else if (unknown_id_ >= 0 &&
               !(options_.fuse_unknown && !symbols.empty() && symbols.back().id == unknown_id_)) {
      symbols.push_back({.id = unknown_id_, .begin = static_cast<uint32_t>(i), .length = 1});
    }
  }
}

bool BpeModel::add_byte_fallback(std::string_view text, std::vector<Symbol>& symbols) const {
  const auto has_token = [this](char byte) { return fallback_ids_[static_cast<uint8_t>(byte)] >= 0; };
  if (!options_.byte_fallback || !std::all_of(text.begin(), text.end(), has_token)) return false;
  for (const char byte : text)
    symbols.push_back({.id = fallback_ids_[static_cast<uint8_t>(byte)], .length = 1});
  return true;
}

void BpeModel::split_characters(std::string_view word, std::vector<Symbol>& symbols) const {
  std::string written;
  bool after_unknown = false;
  for (size_t i = 0; i < word.size();) {
    const size_t length = character_at(word, i).length;
    written.assign(i == 0 ? "" : options_.continuing_prefix);
    written.append(word.substr(i, length));
    if (i + length == word.size()) written.append(options_.end_suffix);
    i += length;
    const auto id = vocabulary_->find(written);
    if (id && !is_excluded(*id)) {
      symbols.push_back({.id = *id, .length = static_cast<uint32_t>(length)});
      after_unknown = false;
    } else if (!add_byte_fallback(written, symbols) && unknown_id_ >= 0) {
      if (!after_unknown || !options_.fuse_unknown) symbols.push_back({.id = unknown_id_, .length = 1});
      after_unknown = true;
    }
  }
}

}  // namespace auris::text
