#pragma once
// The loop that makes a language model write one answer: prefill the prompt, then write and run one token
// after another until the turn ends.

#include <functional>
#include <span>

#include "auris/generate/text/answer_writer.h"
#include "auris/models/language/llama/llama.h"
#include "auris/tensor/kv_cache.h"
#include "auris/text/tokenizer.h"

namespace auris::generate {

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
  Tensor prefill(const GenerationPrompt& prompt,
                 const GenerationTarget& target) const;                  // logits of the last row
  Tensor run(const Tensor& rows, const GenerationTarget& target) const;  // the last row behind the norm

  const models::Llama& llama_;
  const text::Tokenizer& tokenizer_;
  std::span<const text::TokenId> end_of_turn_;
};

}  // namespace auris::generate
