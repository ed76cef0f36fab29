#pragma once
// Searching the text of one window behind a prompt that WindowState has read: beam search as CTranslate2 does
// it, greedy search, and sampling. The same scores lead to the same texts as faster-whisper's.

#include <functional>
#include <span>
#include <vector>

#include "auris/base/rng.h"
#include "auris/generate/whisper/window_state.h"

namespace auris::generate {

struct FoundText {
  std::vector<TokenId> tokens = {};  // sampled ones, without the end of text
  double sum_logprob = 0;            // the end of text included
  bool truncated = false;            // the token limit came first
  bool repetition_loop = false;      // stopped because the text repeated itself; the repeats are cut off
};

struct SearchOptions {
  int beam_size = 5;
  double patience = 1.0;
  double length_penalty = 1.0;
  double temperature = 0;  // > 0: sampling
  int best_of = 5;         // texts to sample
  int max_tokens = 224;
  size_t prefix = 0;  // tokens at the prompt's end that belong to the text (they count for the rules)
  std::function<void()> check = {};  // called at every step; may throw to stop
};

// `prompt_logits` [vocab] = the scores behind the last prompt token; `prefix` = the prefix tokens. Returns
// the best text.
FoundText search_text(WindowState& state, const Tensor& prompt_logits, std::span<const TokenId> prefix,
                      const TokenRules& rules, const WhisperVocabulary& vocabulary,
                      const SearchOptions& options, Rng& rng);

}  // namespace auris::generate
