#pragma once
// The "tokenizer.ggml.*" keys of a GGUF file, checked. Reference: llama.cpp, src/llama-vocab.cpp and gguf-py.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/text/vocabulary.h"

namespace auris::text {

enum class GgufTokenType {
  kNormal = 1,
  kUnknown = 2,
  kControl = 3,
  kUserDefined = 4,
  kUnused = 5,
  kByte = 6
};

struct GgufVocabulary {
  std::string model;  // "gpt2", "llama"
  std::string pre;    // the pre-tokenizer of gpt2 models
  std::shared_ptr<Vocabulary> vocabulary;
  std::vector<GgufTokenType> types;  // one for each token; all normal if the file has none
  std::vector<float> scores;         // one for each token, or none
  std::vector<std::string> merges;
  std::optional<TokenId> bos;
  std::optional<TokenId> eos;
  std::optional<TokenId> unknown;
  std::optional<bool> add_bos;
  bool add_space_prefix = true;

  // Tokens that ordinary text must not become: control, unknown and byte tokens. Sorted.
  std::vector<TokenId> never_from_text() const;
};

// Throws kModel.
GgufVocabulary read_gguf_vocabulary(const nlohmann::json& metadata);
// The way back: an object of "tokenizer.ggml.*" keys.
nlohmann::json gguf_metadata_of(const GgufVocabulary& vocabulary);

}  // namespace auris::text
