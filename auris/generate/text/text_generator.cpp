#include "auris/generate/text/text_generator.h"

#include <algorithm>
#include <chrono>

#include "auris/tensor/transfer.h"

namespace auris::generate {
namespace {

using Clock = std::chrono::steady_clock;

// Prompt rows run at once: enough to keep the matrix kernel busy, few enough to bound the activations'
// memory.
constexpr int64_t kPrefillRows = 512;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

TextGenerator::TextGenerator(const models::Llama& llama, const text::Tokenizer& tokenizer,
                             std::span<const text::TokenId> end_of_turn)
    : llama_(llama), tokenizer_(tokenizer), end_of_turn_(end_of_turn) {}

Tensor TextGenerator::run(const Tensor& rows, const GenerationTarget& target) const {
  int32_t last = static_cast<int32_t>(rows.rows()) - 1;
  RowLayout layout = RowLayout::single(rows.rows(), target.cache.length(target.sequence), target.sequence);
  return llama_.forward(rows, layout, {.cache = &target.cache, .rows = std::span(&last, 1), .observer = {}});
}

Tensor TextGenerator::prefill(const GenerationPrompt& prompt, const GenerationTarget& target) const {
  auto total = static_cast<int64_t>(prompt.tokens.size()), begin = target.cache.length(target.sequence);
  AURIS_CHECK(begin < total);
  Tensor hidden;
  for (; begin < total; begin += kPrefillRows) {
    int64_t count = std::min(kPrefillRows, total - begin);
    Tensor rows =
        prompt.embed
            ? prompt.embed(begin, count)
            : llama_.embed(prompt.tokens.subspan(static_cast<size_t>(begin), static_cast<size_t>(count)));
    hidden = run(rows, target);
  }
  return to_host(llama_.logits(hidden));
}

Generation TextGenerator::generate(const GenerationPrompt& prompt, const GenerationTarget& target,
                                   const GenerationOptions& options,
                                   const GenerationCallbacks& callbacks) const {
  auto begin = Clock::now();
  const models::LlamaConfig& config = llama_.config();
  const int64_t context = options.context_tokens > 0 ? options.context_tokens : config.context_length;
  AnswerWriter writer(tokenizer_, end_of_turn_, {.vocab_size = config.vocab_size, .tokens = prompt.tokens},
                      options, callbacks);
  const int64_t cached = target.cache.length(target.sequence);
  Tensor logits = prefill(prompt, target);
  const double prefill_s = seconds_since(begin);
  double first_token_s = 0;
  while (true) {
    const bool goes_on = writer.write(logits.span<float>());
    if (first_token_s == 0 && writer.has_begun()) first_token_s = seconds_since(begin);
    if (!goes_on) break;
    if (target.cache.length(target.sequence) >= context) {
      writer.end(FinishReason::kContextFull);
      break;
    }
    const text::TokenId token = writer.last();
    logits = to_host(llama_.logits(run(llama_.embed(std::span(&token, 1)), target)));
  }
  Generation answer = writer.finish();
  answer.prompt_tokens = static_cast<int64_t>(prompt.tokens.size());
  answer.cached_tokens = cached;
  answer.prefill_s = prefill_s;
  answer.first_token_s = first_token_s;
  answer.decode_s = seconds_since(begin) - prefill_s;
  return answer;
}

}  // namespace auris::generate
