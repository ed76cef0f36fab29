#pragma once
// Byte-pair encoding with ranked merges (Sennrich et al. 2016; GPT-2's byte-level form). Reference: the BPE
// model of the Hugging Face tokenizers library.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auris/text/merge_symbols.h"
#include "auris/text/model.h"
#include "auris/text/vocabulary.h"

namespace auris::text {

// Ids of a merged pair, found by the pair.
class MergeTable {
 public:
  void reserve(size_t merges);
  // A pair added twice keeps the last rank (`replace`) or the first.
  void add(TokenId left, TokenId right, Merge merge, bool replace);
  Merge find(TokenId left, TokenId right) const;

 private:
  struct Slot {
    uint64_t key = kFree;
    Merge merge;
  };
  static constexpr uint64_t kFree = UINT64_MAX;
  Slot& slot_of(uint64_t key);
  void grow();

  std::vector<Slot> slots_;
  size_t used_ = 0;
};

struct BpeOptions {
  bool bytes = false;          // words are raw bytes, the vocabulary is written in GPT-2's byte alphabet
  bool byte_fallback = false;  // unknown characters become tokens "<0x00>".."<0xFF>"
  bool ignore_merges = false;  // a word that is a token is that token, whatever the merges say (Llama 3)
  bool fuse_unknown = false;
  std::optional<std::string> unknown;
  std::string continuing_prefix;
  std::string end_suffix;
};

class BpeModel final : public Model {
 public:
  // The two parts of each merge, best first; throws kModel if one or their union is not in the vocabulary.
  // Merges into tokens of `excluded` (sorted) are left out: text must never become a control token.
  using MergeList = std::vector<std::pair<std::string_view, std::string_view>>;
  BpeModel(std::shared_ptr<const Vocabulary> vocabulary, const MergeList& merges, BpeOptions options,
           const std::vector<TokenId>& excluded, bool last_duplicate_wins);

  void encode(std::string_view word, std::vector<TokenId>& out) const override;

 private:
  void add_merges(const MergeList& merges, bool last_duplicate_wins);
  void split_bytes(std::string_view word, std::vector<Symbol>& symbols) const;
  void split_characters(std::string_view word, std::vector<Symbol>& symbols) const;
  bool add_byte_fallback(std::string_view text, std::vector<Symbol>& symbols) const;
  bool encode_whole(std::string_view word, std::vector<TokenId>& out) const;
  bool is_excluded(TokenId id) const;

  std::shared_ptr<const Vocabulary> vocabulary_;
  BpeOptions options_;
  std::vector<TokenId> excluded_;
  MergeTable merges_;
  std::array<TokenId, 256> byte_ids_;      // of the byte alphabet's characters; -1 if absent
  std::array<TokenId, 256> fallback_ids_;  // of "<0x00>".."<0xFF>"; -1 if absent
  TokenId unknown_id_ = -1;
};

}  // namespace auris::text
