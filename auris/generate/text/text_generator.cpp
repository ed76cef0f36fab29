#include "auris/generate/text/text_generator.h"

#include <algorithm>
#include <chrono>

#include "auris/generate/repetition_guard.h"
#include "auris/generate/sampler.h"
#include "auris/generate/stop_rules.h"
#include "auris/tensor/transfer.h"
#include "auris/text/stream_decoder.h"

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

std::string_view name_of(FinishReason reason) {
  switch (reason) {
    case FinishReason::kEndOfTurn: return "end_of_turn";
    case FinishReason::kStopText: return "stop_text";
    case FinishReason::kMaxTokens: return "max_tokens";
    case FinishReason::kContextFull: return "context_full";
    case FinishReason::kCancelled: return "cancelled";
    case FinishReason::kRepetition: return "repetition";
  }
  return "unknown";
}

// What changes while an answer is written.
struct TextGenerator::Writing {
  Sampler sampler;
  StopRules stop;
  RepetitionGuard guard;
  text::StreamDecoder decoder;
  const GenerationOptions& options;
  const GenerationCallbacks& callbacks;
  Generation answer = {};

  void show(const std::string& text) {
    if (text.empty()) return;
    answer.text += text;
    if (callbacks.on_text) callbacks.on_text(text);
  }
};

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

// Returns false when the answer is over.
bool TextGenerator::take(text::TokenId token, Writing& writing) const {
  Generation& answer = writing.answer;
  if (std::find(end_of_turn_.begin(), end_of_turn_.end(), token) != end_of_turn_.end()) return false;
  answer.tokens.push_back(token);
  writing.sampler.accept(token);
  writing.show(writing.stop.add(token, writing.decoder.push(token)));
  if (writing.stop.stopped()) {
    bool by_text = writing.stop.reason() == StopReason::kString;
    answer.finish_reason = by_text ? FinishReason::kStopText : FinishReason::kMaxTokens;
    return false;
  }
  if (writing.options.stop_repetition && writing.guard.add(token)) {
    answer.finish_reason = FinishReason::kRepetition;
    return false;
  }
  return true;
}

Generation TextGenerator::generate(const GenerationPrompt& prompt, const GenerationTarget& target,
                                   const GenerationOptions& options,
                                   const GenerationCallbacks& callbacks) const {
  auto begin = Clock::now();
  auto context = options.context_tokens > 0 ? options.context_tokens : llama_.config().context_length;
  Writing writing{
      .sampler = Sampler(options.sampling, llama_.config().vocab_size),
      .stop = StopRules({.stop_tokens = {}, .stop_strings = options.stop, .max_tokens = options.max_tokens}),
      .guard = RepetitionGuard(),
      .decoder = text::StreamDecoder(tokenizer_),
      .options = options,
      .callbacks = callbacks};
  writing.sampler.add_prompt(prompt.tokens);
  Generation& answer = writing.answer;
  answer.prompt_tokens = static_cast<int64_t>(prompt.tokens.size());
  answer.cached_tokens = target.cache.length(target.sequence);
  Tensor logits = prefill(prompt, target);
  answer.prefill_s = seconds_since(begin);
  while (true) {
    if (callbacks.cancelled && callbacks.cancelled()) {
      answer.finish_reason = FinishReason::kCancelled;
      break;
    }
    text::TokenId token = writing.sampler.choose(logits.span<float>()).id;
    if (callbacks.on_choice) callbacks.on_choice(token, logits.span<float>());
    if (answer.tokens.empty()) answer.first_token_s = seconds_since(begin);
    if (!take(token, writing)) break;
    if (target.cache.length(target.sequence) >= context) {
      answer.finish_reason = FinishReason::kContextFull;
      break;
    }
    logits = to_host(llama_.logits(run(llama_.embed(std::span(&token, 1)), target)));
  }
  if (!writing.stop.stopped()) {
    writing.show(writing.stop.finish() + writing.decoder.finish());
  }
  answer.decode_s = seconds_since(begin) - answer.prefill_s;
  return std::move(answer);
}

}  // namespace auris::generate
