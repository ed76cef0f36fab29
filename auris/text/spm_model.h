#pragma once
// SentencePiece BPE as GGUF files of type "llama" carry it: pieces with scores, the best-scored neighbours
// merge first, what stays unknown is written as bytes. Reference: llama.cpp, llm_tokenizer_spm.

#include <array>
#include <vector>

#include "auris/text/gguf_vocabulary.h"
#include "auris/text/model.h"

namespace auris::text {

class SpmModel final : public Model {
 public:
  // Throws kModel if the vocabulary has no scores.
  explicit SpmModel(const GgufVocabulary& source);

  void encode(std::string_view word, std::vector<TokenId>& out) const override;

 private:
  TokenId usable(std::string_view text) const;  // -1 if none

  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<uint32_t> priorities_;   // lower merges first; UINT32_MAX: text never becomes this token
  std::array<TokenId, 256> byte_ids_;  // -1 if absent
  TokenId unknown_ = -1;
};

}  // namespace auris::text
