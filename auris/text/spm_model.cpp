#include "auris/text/spm_model.h"

#include <bit>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/merge_symbols.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

// Larger scores first, as unsigned numbers: the bits of a float in descending order.
uint32_t priority_of(float score) {
  const uint32_t bits = std::bit_cast<uint32_t>(score == 0.0f ? 0.0f : score);  // -0 like 0
  const uint32_t ascending = (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
  return std::min(~ascending, Merge::kNone - 1);
}

}  // namespace

SpmModel::SpmModel(const GgufVocabulary& source) : vocabulary_(source.vocabulary) {
  if (source.scores.empty()) {
    throw Error(ErrorCode::kModel, {.where = "GGUF tokenizer.ggml.scores",
                                    .expected = "a score for each token of a llama vocabulary",
                                    .got = "none",
                                    .hint = ""});
  }
  for (const float score : source.scores) priorities_.push_back(priority_of(score));
  for (const TokenId id : source.never_from_text()) priorities_[static_cast<size_t>(id)] = Merge::kNone;
  for (size_t byte = 0; byte < 256; ++byte) {
    // As in the reference: the byte token, else the token that is this one byte.
    auto id = vocabulary_->find(fmt::format("<0x{:02X}>", byte));
    if (!id && byte < 0x80) id = vocabulary_->find(std::string(1, static_cast<char>(byte)));
    byte_ids_[byte] = id.value_or(-1);
  }
  unknown_ = source.unknown.value_or(-1);
}

TokenId SpmModel::usable(std::string_view text) const {
  const auto id = vocabulary_->find(text);
  return id && priorities_[static_cast<size_t>(*id)] != Merge::kNone ? *id : -1;
}

void SpmModel::encode(std::string_view word, std::vector<TokenId>& out) const {
  std::vector<Symbol> symbols;
  for (size_t i = 0; i < word.size();) {
    const size_t length = character_at(word, i).length;
    symbols.push_back({.id = usable(word.substr(i, length)),
                       .begin = static_cast<uint32_t>(i),
                       .length = static_cast<uint32_t>(length)});
    i += length;
  }
  merge_symbols(symbols, [&](const Symbol& a, const Symbol& b) {
    const TokenId id = usable(word.substr(a.begin, size_t{a.length} + b.length));
    return id < 0 ? Merge{} : Merge{priorities_[static_cast<size_t>(id)], id};
  });
  for (const Symbol& symbol : symbols) {
    if (symbol.length == 0) continue;
    if (symbol.id >= 0) {
      out.push_back(symbol.id);
      continue;
    }
    for (const char byte : word.substr(symbol.begin, symbol.length)) {
      const TokenId id = byte_ids_[static_cast<uint8_t>(byte)];
      if (id >= 0 || unknown_ >= 0) out.push_back(id >= 0 ? id : unknown_);
    }
  }
}

}  // namespace auris::text
