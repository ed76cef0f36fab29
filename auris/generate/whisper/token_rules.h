#pragma once
// Which tokens Whisper may write next (openai-whisper's logit filters, in the order of CTranslate2's):
// suppressed tokens, no blank at the start, timestamps in pairs that never go back and start early.

#include <span>
#include <vector>

#include "auris/generate/whisper/vocabulary.h"

namespace auris::generate {

// Score of a forbidden token. Finite, so that no kernel meets infinity minus infinity.
constexpr float kForbidden = -1e30f;

struct TokenRuleOptions {
  std::vector<TokenId> suppressed = {};           // never written
  std::vector<TokenId> suppressed_at_begin = {};  // not as the first token
  bool timestamps = true;
  int max_initial_timestamp = 50;   // largest first timestamp, in steps of 0.02 s; 50 = 1 s
  float repetition_penalty = 1.0f;  // > 1 lowers the scores of tokens written before
  int no_repeat_ngram = 0;          // > 0 forbids repeating an n-gram of this size
};

class TokenRules {
 public:
  TokenRules(const WhisperVocabulary& vocabulary, TokenRuleOptions options);

  // Forbids tokens in the logits of one row. `written` = the sampled tokens so far, with the prefix in front
  // if the caller gave one; `prefix` = how many of them that are.
  void before_softmax(std::span<float> logits, std::span<const TokenId> written, size_t prefix) const;

  // The second half of the timestamp rules, on log-probabilities: if all timestamps together are likelier
  // than every single other token, one of them must be written. Renormalises the row.
  void after_softmax(std::span<float> log_probs, std::span<const TokenId> written, size_t prefix) const;

 private:
  void forbid(std::span<float> logits, TokenId begin, TokenId end) const;
  void forbid_repeated_ngrams(std::span<float> logits, std::span<const TokenId> written) const;
  void apply_timestamp_order(std::span<float> logits, std::span<const TokenId> written, size_t prefix) const;

  const WhisperVocabulary& vocabulary_;
  TokenRuleOptions options_;
};

}  // namespace auris::generate
