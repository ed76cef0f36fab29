#pragma once
// Whisper's special tokens on top of its text tokenizer, and the token sequences that steer it. Ids differ
// between the multilingual and the English-only vocabulary, so all are looked up by name.
//   text ..., <|endoftext|>, <|startoftranscript|>, languages ..., <|translate|>, <|transcribe|>,
//   <|startoflm|>,
//   <|startofprev|>, <|nospeech|>, <|notimestamps|>, <|0.00|> ... <|30.00|>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/text/tokenizer.h"

namespace auris::generate {

using text::TokenId;

struct WhisperLanguage {
  std::string code;  // "en", "yue"
  TokenId token = 0;
};

class WhisperVocabulary {
 public:
  // `vocab_size` is the model's, which counts the timestamps (tokenizer.json often does not list them).
  // Throws kModel if a token is missing.
  WhisperVocabulary(std::shared_ptr<const text::Tokenizer> tokenizer, int64_t vocab_size);

  TokenId end_of_text = 0;
  TokenId start = 0;
  TokenId translate = 0;
  TokenId transcribe = 0;
  TokenId start_of_lm = 0;
  TokenId start_of_previous = 0;
  TokenId no_speech = 0;
  TokenId no_timestamps = 0;
  TokenId timestamp_begin = 0;  // <|0.00|>; one token is 0.02 s
  TokenId size = 0;

  // False for the English-only models, which take neither language nor task tokens (they have one token
  // less).
  bool multilingual() const { return multilingual_; }
  const std::vector<WhisperLanguage>& languages() const { return languages_; }
  // Null if the model does not know the language. Accepts codes and English names ("es", "spanish").
  const WhisperLanguage* find_language(std::string_view code_or_name) const;

  bool is_timestamp(TokenId id) const { return id >= timestamp_begin; }
  bool is_text(TokenId id) const { return id < end_of_text; }

  // Text tokens of untrusted text, with a leading space as Whisper writes every segment.
  std::vector<TokenId> encode_spoken(std::string_view text) const;
  // Text of the ids, everything that is not a text token left out.
  std::string decode(std::span<const TokenId> ids) const;
  // Tokens that describe sounds or speakers instead of writing down speech ("(", "[", music signs ...) and
  // the control tokens: what openai-whisper suppresses by default.
  std::vector<TokenId> non_speech_tokens() const;
  // The control tokens that are never sampled.
  std::vector<TokenId> control_tokens() const;

 private:
  TokenId require(std::string_view literal) const;

  std::shared_ptr<const text::Tokenizer> tokenizer_;
  std::vector<WhisperLanguage> languages_;
  bool multilingual_ = true;
};

}  // namespace auris::generate
