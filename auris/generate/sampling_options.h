#pragma once
// How the next token is chosen from the model's logits.

#include <cstdint>
#include <utility>
#include <vector>

namespace auris::generate {

using TokenId = int32_t;  // = text::TokenId

// The defaults are greedy decoding. Order of work: bias and suppression, penalties, temperature, top-k,
// top-p, min-p. Meanings are those of transformers' logits processors (TopPLogitsWarper and so on); frequency
// and presence penalties are those of the OpenAI API, over generated tokens only.
struct SamplingOptions {
  float temperature = 0;  // 0 = greedy: the likeliest token, the lowest id among equals
  int32_t top_k = 0;      // keep the k likeliest (and those equal to the last of them); 0 = all
  float top_p = 1;        // keep the fewest likeliest tokens whose probabilities reach top_p; in (0, 1]
  float min_p = 0;        // keep tokens at least min_p times as likely as the likeliest; in [0, 1]
  float repetition_penalty = 1;  // > 1 makes tokens of the prompt and the output less likely
  float frequency_penalty = 0;   // subtracted from a logit for each time the token was generated
  float presence_penalty = 0;    // subtracted once if the token was generated
  uint64_t seed = 0;             // the same seed, options and logits give the same tokens on every machine
  std::vector<std::pair<TokenId, float>> logit_bias = {};  // added to logits
  std::vector<TokenId> suppressed = {};                    // never chosen
  int32_t top_logprobs =
      -1;  // -1 = no log-probabilities; 0 = of the chosen token; n = and of the n likeliest
};

// Throws kUsage if an option is out of range or names a token outside the vocabulary.
void check(const SamplingOptions& options, int64_t vocab_size);

}  // namespace auris::generate
