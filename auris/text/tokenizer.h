#pragma once
// Text to token ids and back. One interface over byte-level BPE (GPT-2, SmolLM, Llama 3, Qwen2, Whisper) and
// SentencePiece (unigram, BPE).
//
// Special tokens are control marks such as <|im_end|>. They are recognised only in text that a chat template
// or Auris itself wrote, never in text that came from a user or a file.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace auris::text {

using TokenId = int32_t;

// Text of mixed origin. Within `trusted` ranges (sorted, disjoint, byte offsets) special tokens are
// recognised; elsewhere the same characters are ordinary text. Words may run across the borders: they are
// tokenized as in one text.
struct MarkedText {
  struct Range {
    size_t begin = 0;
    size_t end = 0;
    bool operator==(const Range&) const = default;
  };
  std::string text;
  std::vector<Range> trusted;

  void append(std::string_view piece, bool is_trusted);
};

class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  virtual int64_t vocab_size() const = 0;

  // Ids of `text`; add_bos puts the tokenizer's beginning-of-text token first if it has one and its file says
  // so.
  virtual std::vector<TokenId> encode(const MarkedText& text, bool add_bos = false) const = 0;
  std::vector<TokenId> encode(std::string_view untrusted, bool add_bos = false) const;

  // The bytes a token stands for; may be part of a UTF-8 character. Throws kUsage for an id outside the
  // vocabulary.
  virtual std::string piece(TokenId id) const = 0;
  // Text of ids, special tokens left out unless `with_special`. Broken UTF-8 becomes U+FFFD, as in the
  // reference.
  virtual std::string decode(std::span<const TokenId> ids, bool with_special = false) const = 0;

  virtual bool is_special(TokenId id) const = 0;
  // The id of a token by its exact literal ("<|im_end|>"), special or added; nullopt if there is none.
  virtual std::optional<TokenId> find(std::string_view literal) const = 0;
  virtual std::optional<TokenId> bos() const = 0;
  virtual std::optional<TokenId> eos() const = 0;
};

// From a tokenizer.json of the Hugging Face tokenizers library. Throws kModel.
std::shared_ptr<const Tokenizer> load_tokenizer_json(const std::filesystem::path& path);
std::shared_ptr<const Tokenizer> parse_tokenizer_json(std::string_view json);
// From the "tokenizer.ggml.*" keys of a GGUF file.
std::shared_ptr<const Tokenizer> tokenizer_from_gguf(const nlohmann::json& metadata);
// From a SentencePiece .model file.
std::shared_ptr<const Tokenizer> load_sentencepiece(const std::filesystem::path& path);
std::shared_ptr<const Tokenizer> parse_sentencepiece(std::string_view bytes);

}  // namespace auris::text
