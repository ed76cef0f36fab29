#pragma once
// How probable a model finds a text: the basis of perplexity, of choosing between answers, and of parity
// checks.

#include <string>
#include <vector>

#include "auris/engine/language_model.h"

namespace auris::engine {

struct ScoreRequest {
  std::string prompt;
  std::string continuation;
  bool use_template = false;     // the prompt is a user's turn, the continuation the model's answer
  std::vector<Clip> audio = {};  // each "<audio>" in the prompt stands for one, in order
};

struct Score {
  std::vector<text::TokenId> prompt_tokens;  // models::kAudioRow (-1) for every row of sound
  std::vector<text::TokenId> tokens;         // of the continuation
  std::vector<double> logprobs;              // natural, one per token, given everything before it
  double sum = 0;
};

// Prompt and continuation are tokenized each on its own, so that equal continuations have equal tokens after
// any prompt. The prompt begins with the beginning-of-text token where the tokenizer's file says so; where
// nothing precedes the continuation, its first token is scored after the beginning- or end-of-text token.
// Throws kUsage for an empty continuation, a text longer than the model's context, or another number of marks
// than of recordings; kModel for recordings if the model does not hear. To a model that does not hear,
// "<audio>" is text.
Score score(const LanguageModel& model, const ScoreRequest& request);

}  // namespace auris::engine
