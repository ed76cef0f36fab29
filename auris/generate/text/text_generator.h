#pragma once
// The loop that makes a language model write: prefill the prompt, then sample, run and stream one token after
// another until the turn ends.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/generate/sampling_options.h"
#include "auris/models/language/llama/llama.h"
#include "auris/tensor/kv_cache.h"
#include "auris/text/tokenizer.h"

namespace auris::generate {

struct GenerationOptions {
  SamplingOptions sampling = {};
  int max_tokens = 256;
  std::vector<std::string> stop = {};  // texts that end the answer; not part of it
  int64_t context_tokens = 0;          // prompt and answer together; 0 = what the model was made for
  bool stop_repetition = true;         // end an answer that repeats itself over and over
};

struct GenerationCallbacks {
  std::function<void(const std::string& text)> on_text;  // whole characters, in order
  std::function<bool()> cancelled;                       // asked before every token; true ends the answer
  // Every token that is chosen, the end of the turn included, with the model's logits it was chosen from.
  std::function<void(text::TokenId token, std::span<const float> logits)> on_choice = {};
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

// What the answer continues.
struct GenerationPrompt {
  std::span<const text::TokenId> tokens;  // negative where a row is no token but sound
  // Rows [begin, begin + count) of the prompt as embeddings; empty: those of the tokens. Asked for in order,
  // each row once, beginning behind what the cache holds.
  std::function<Tensor(int64_t begin, int64_t count)> embed = {};
};

// Where the keys and values go. The sequence may already hold a beginning of the prompt.
struct GenerationTarget {
  KvCache& cache;
  SequenceId sequence;
};

class TextGenerator {
 public:
  // References must outlive the generator. Any of `end_of_turn` ends an answer.
  TextGenerator(const models::Llama& llama, const text::Tokenizer& tokenizer,
                std::span<const text::TokenId> end_of_turn);

  // Afterwards the sequence holds the prompt and the answer, except for the last token if it was not run.
  Generation generate(const GenerationPrompt& prompt, const GenerationTarget& target,
                      const GenerationOptions& options, const GenerationCallbacks& callbacks = {}) const;

 private:
  struct Writing;
  Tensor prefill(const GenerationPrompt& prompt,
                 const GenerationTarget& target) const;                  // logits of the last row
  Tensor run(const Tensor& rows, const GenerationTarget& target) const;  // the last row behind the norm
  bool take(text::TokenId token, Writing& writing) const;

  const models::Llama& llama_;
  const text::Tokenizer& tokenizer_;
  std::span<const text::TokenId> end_of_turn_;
};

}  // namespace auris::generate
