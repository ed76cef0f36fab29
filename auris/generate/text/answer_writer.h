#pragma once
// Writes one answer token by token: chooses from logits, shows whole characters, and knows when the answer is
// over. Whoever runs the model gives it the logits; it runs nothing itself, so that many can write at once.
//
//   AnswerWriter writer(tokenizer, end_of_turn, {.vocab_size = n, .tokens = ids}, options, callbacks);
//   while (writer.write(logits) && has_room()) logits = run(writer.last());
//   Generation answer = writer.finish();

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/generate/grammar/token_grammar.h"
#include "auris/generate/repetition_guard.h"
#include "auris/generate/sampler.h"
#include "auris/generate/stop_rules.h"
#include "auris/text/stream_decoder.h"
#include "auris/text/tokenizer.h"

namespace auris::generate {

struct GenerationOptions {
  SamplingOptions sampling = {};
  int max_tokens = 256;
  std::vector<std::string> stop = {};  // texts that end the answer; not part of it
  int64_t context_tokens = 0;          // prompt and answer together; 0 = what the model was made for
  bool stop_repetition = true;         // end an answer that repeats itself over and over
  // What the whole answer matches, unless it is cut; null = anything. Answers written by one thread may share
  // it.
  std::shared_ptr<TokenGrammar> form = {};
};

struct GenerationCallbacks {
  std::function<void(const std::string& text)> on_text;  // whole characters, in order
  std::function<bool()> cancelled;                       // asked before every token; true ends the answer
  // Every token that is chosen, the end of the turn included, with the model's logits it was chosen from.
  std::function<void(const Choice& choice, std::span<const float> logits)> on_choice = {};
};

enum class FinishReason { kEndOfTurn, kStopText, kMaxTokens, kContextFull, kCancelled, kRepetition };
std::string_view name_of(FinishReason reason);  // "end_of_turn", ...

struct Generation {
  std::string text;
  std::vector<text::TokenId> tokens;  // without the end of turn
  FinishReason finish_reason = FinishReason::kEndOfTurn;
  int64_t prompt_tokens = 0;
  int64_t cached_tokens = 0;  // of the prompt: the cache had them already
  double prefill_s = 0;
  double decode_s = 0;
  double first_token_s = 0;  // from the call to the first token
};

// What an answer continues.
struct WriterPrompt {
  int64_t vocab_size = 0;
  std::span<const text::TokenId> tokens;  // negative where a row is no token but sound
};

class AnswerWriter {
 public:
  // References must outlive the writer. Any of `end_of_turn` ends the answer. Throws kUsage for options that
  // make no sense.
  AnswerWriter(const text::Tokenizer& tokenizer, std::span<const text::TokenId> end_of_turn,
               const WriterPrompt& prompt, const GenerationOptions& options,
               const GenerationCallbacks& callbacks);

  // Chooses the next token; false when the answer is over, also because the callback cancels it. `logits`:
  // one float for each token of the vocabulary.
  bool write(std::span<const float> logits);
  // The token to run for the next logits.
  text::TokenId last() const { return answer_.tokens.back(); }
  // Ends the answer for a reason that lies outside of it.
  void end(FinishReason reason) { answer_.finish_reason = reason; }

  // Shows what was held back. The times and the prompt's counts are the caller's to fill in.
  Generation finish();

  bool has_begun() const { return begun_; }  // a token was chosen

 private:
  bool take(text::TokenId token);
  void show(const std::string& text);

  const text::Tokenizer& tokenizer_;
  std::span<const text::TokenId> end_of_turn_;
  const GenerationCallbacks& callbacks_;
  std::shared_ptr<TokenGrammar> form_;
  TokenGrammar::State place_ = 0;  // in the form
  bool stop_repetition_;
  Sampler sampler_;
  StopRules stop_;
  RepetitionGuard guard_;
  text::StreamDecoder decoder_;
  Generation answer_;
  bool begun_ = false;
};

}  // namespace auris::generate
