#include "auris/text/unigram_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/text/utf8.h"

namespace auris::text {
namespace {

constexpr double kUnknownPenalty = 10.0;  // SentencePiece, unigram_model.cc

struct Node {
  double score = 0;
  int32_t begin = -1;  // -1: not reached
  TokenId id = -1;     // -1: unknown
};

}  // namespace

UnigramModel::UnigramModel(std::shared_ptr<const Vocabulary> vocabulary, std::vector<double> scores,
                           UnigramOptions options, const std::vector<TokenId>& excluded)
    : vocabulary_(std::move(vocabulary)), scores_(std::move(scores)), options_(options) {
  for (size_t byte = 0; byte < 256; ++byte) {
    byte_ids_[byte] = vocabulary_->find(fmt::format("<0x{:02X}>", byte)).value_or(-1);
  }
  std::vector<std::pair<std::string_view, int32_t>> entries;
  for (TokenId id = 0; id < static_cast<TokenId>(scores_.size()); ++id) {
    const bool is_byte =
        options_.byte_fallback && std::find(byte_ids_.begin(), byte_ids_.end(), id) != byte_ids_.end();
    const bool usable =
        id != options_.unknown && !is_byte && !std::binary_search(excluded.begin(), excluded.end(), id);
    if (usable) entries.emplace_back(vocabulary_->text(id), id);
  }
  pieces_ = PrefixIndex(std::move(entries));
  const auto least = std::min_element(scores_.begin(), scores_.end());
  unknown_score_ = (least == scores_.end() ? 0.0 : *least) - kUnknownPenalty;
}

void UnigramModel::encode(std::string_view word, std::vector<TokenId>& out) const {
  std::vector<Node> nodes(word.size() + 1);  // the best path to each byte
  const auto offer = [&](size_t begin, size_t end, double score, TokenId id) {
    Node& node = nodes[end];
    const double candidate = nodes[begin].score + score;
    if (node.begin < 0 || candidate > node.score) node = {candidate, static_cast<int32_t>(begin), id};
  };
  for (size_t i = 0; i < word.size();) {
    const size_t length = character_at(word, i).length;
    bool has_single = false;
    pieces_.each_prefix(word.substr(i), [&](int32_t id, size_t size) {
      offer(i, i + size, scores_[static_cast<size_t>(id)], id);
      has_single = has_single || size == length;
    });
    if (!has_single) offer(i, i + length, unknown_score_, -1);
    i += length;
  }
  std::vector<std::pair<size_t, size_t>> path;  // backwards; neighbouring unknown parts are one
  for (size_t end = word.size(); end > 0;) {
    const auto begin = static_cast<size_t>(nodes[end].begin);
    const bool joins = !path.empty() && nodes[end].id < 0 && nodes[path.back().second].id < 0;
    if (joins) {
      path.back().first = begin;
    } else {
      path.emplace_back(begin, end);
    }
    end = begin;
  }
  for (auto part = path.rbegin(); part != path.rend(); ++part) {
    const TokenId id = nodes[part->second].id;
    if (id >= 0) {
      out.push_back(id);
    } else {
      append_unknown(word.substr(part->first, part->second - part->first), out);
    }
  }
}

void UnigramModel::append_unknown(std::string_view text, std::vector<TokenId>& out) const {
  const auto id_of = [this](char byte) { return byte_ids_[static_cast<uint8_t>(byte)]; };
  if (options_.byte_fallback &&
      std::all_of(text.begin(), text.end(), [&](char byte) { return id_of(byte) >= 0; })) {
    for (const char byte : text) out.push_back(id_of(byte));
  } else if (options_.unknown >= 0) {
    out.push_back(options_.unknown);
  } else {
    throw Error(ErrorCode::kModel, {.where = "unigram tokenizer",
                                    .expected = "a vocabulary that can write every character",
                                    .got = "none for " + auris::quoted(text),
                                    .hint = "the file names no unknown token"});
  }
}

}  // namespace auris::text
