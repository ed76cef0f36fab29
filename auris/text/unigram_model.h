#pragma once
// The unigram language model of SentencePiece (Kudo 2018): the segmentation with the largest sum of scores,
// by Viterbi. Reference: the Unigram model of the Hugging Face tokenizers library (encode_optimized).

#include <array>
#include <memory>
#include <vector>

#include "auris/text/model.h"
#include "auris/text/prefix_index.h"
#include "auris/text/vocabulary.h"

namespace auris::text {

struct UnigramOptions {
  TokenId unknown = -1;        // -1: text that the pieces cannot write is an error
  bool byte_fallback = false;  // unknown characters become tokens "<0x00>".."<0xFF>"
};

class UnigramModel final : public Model {
 public:
  // scores[id] of the pieces with ids below scores.size(). Pieces of `excluded` (sorted) are never used: text
  // must not become a control token.
  UnigramModel(std::shared_ptr<const Vocabulary> vocabulary, std::vector<double> scores,
               UnigramOptions options, const std::vector<TokenId>& excluded);

  void encode(std::string_view word, std::vector<TokenId>& out) const override;

 private:
  void append_unknown(std::string_view text, std::vector<TokenId>& out) const;

  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<double> scores_;
  UnigramOptions options_;
  PrefixIndex pieces_;
  std::array<TokenId, 256> byte_ids_;  // -1 if absent
  double unknown_score_ = 0;
};

}  // namespace auris::text
