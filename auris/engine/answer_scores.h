#pragma once
// How probable a model finds each of several answers to one prompt: for choosing from a closed set. The
// prompt runs once; all answers continue its cache, side by side in one pass.

#include <span>
#include <string>
#include <vector>

#include "auris/engine/language_model.h"

namespace auris::engine {

struct AnswerScore {
  std::vector<text::TokenId> tokens;  // of the answer
  double logprob = 0;                 // natural, of all tokens, given the prompt
  double end_logprob = 0;  // that the turn ends behind them: by any of the marks that end an answer
};

// One score for each answer. Answers are tokenized by themselves, as score() does. Throws kUsage for an empty
// prompt or answer, and if prompt and answer are longer than the model's context.
std::vector<AnswerScore> score_answers(const LanguageModel& model, const processor::ModelInput& prompt,
                                       std::span<const std::string> answers);

}  // namespace auris::engine
