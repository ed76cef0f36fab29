#pragma once
// Chooses tokens one after the other from rows of logits.
//
//   Sampler sampler({.temperature = 0.7f, .top_p = 0.9f, .seed = 1}, vocab_size);
//   sampler.add_prompt(prompt);
//   Choice choice = sampler.choose(logits);   // logits: one float for each token of the vocabulary
//   sampler.accept(choice.id);                // or another token, if the caller forces one
//
// One Sampler serves one sequence; it is not for several threads at once.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/base/rng.h"
#include "auris/generate/logits.h"
#include "auris/generate/sampling_options.h"

namespace auris::generate {

struct Choice {
  TokenId id = 0;
  // Of the model's own distribution (softmax of the untouched logits). Only with top_logprobs >= 0.
  float logprob = 0;
  std::vector<Candidate> top = {};  // the top_logprobs likeliest tokens, likeliest first
};

class Sampler {
 public:
  // Throws kUsage if an option is out of range.
  Sampler(SamplingOptions options, int64_t vocab_size);

  // Tokens that the repetition penalty counts, but not the frequency and presence penalties. Ids outside the
  // vocabulary (places of audio embeddings) are passed over.
  void add_prompt(std::span<const TokenId> tokens);
  void accept(TokenId token);

  // Throws kInternal if `logits` has not vocab_size values, kModel if no finite number is among those that
  // may be chosen.
  // `allowed`: a bit for each token, lowest first; empty allows all.
  Choice choose(std::span<const float> logits, std::span<const uint64_t> allowed = {});

  // The tokens that choose() picks from and their probabilities, which add up to 1; likeliest first.
  std::vector<Candidate> distribution(std::span<const float> logits);

  const SamplingOptions& options() const { return options_; }

 private:
  std::span<const float> adjusted(std::span<const float> logits);
  std::span<const float> masked(std::span<const float> logits, std::span<const uint64_t> allowed);
  std::vector<Candidate> kept(std::span<const float> logits) const;
  void add_logprobs(std::span<const float> logits, Choice& choice) const;
  void remember(TokenId token);

  SamplingOptions options_;
  Rng rng_;
  std::vector<uint32_t> counts_;  // [vocab] times generated
  std::vector<bool> is_seen_;     // [vocab] in the prompt or the output
  std::vector<TokenId> seen_;     // those tokens, each once
  std::vector<float> scratch_;    // adjusted logits
  std::vector<float> masked_;     // logits of allowed tokens
};

}  // namespace auris::generate
