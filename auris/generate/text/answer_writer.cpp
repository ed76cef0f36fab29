#include "auris/generate/text/answer_writer.h"

#include <algorithm>
#include <utility>

namespace auris::generate {

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

AnswerWriter::AnswerWriter(const text::Tokenizer& tokenizer, std::span<const text::TokenId> end_of_turn,
                           const WriterPrompt& prompt, const GenerationOptions& options,
                           const GenerationCallbacks& callbacks)
    : tokenizer_(tokenizer),
      end_of_turn_(end_of_turn),
      callbacks_(callbacks),
      form_(options.form),
      place_(form_ ? form_->start() : 0),
      stop_repetition_(options.stop_repetition),
      sampler_(options.sampling, prompt.vocab_size),
      stop_({.stop_tokens = {}, .stop_strings = options.stop, .max_tokens = options.max_tokens}),
      decoder_(tokenizer) {
  sampler_.add_prompt(prompt.tokens);
}

void AnswerWriter::show(const std::string& text) {
  if (text.empty()) return;
  answer_.text += text;
  if (callbacks_.on_text) callbacks_.on_text(text);
}

bool AnswerWriter::write(std::span<const float> logits) {
  if (callbacks_.cancelled && callbacks_.cancelled()) {
    end(FinishReason::kCancelled);
    return false;
  }
  const Choice choice = sampler_.choose(logits, form_ ? form_->allowed(place_) : std::span<const uint64_t>());
  begun_ = true;
  if (callbacks_.on_choice) callbacks_.on_choice(choice, logits);
  return take(choice.id);
}

bool AnswerWriter::take(text::TokenId token) {
  if (std::ranges::count(end_of_turn_, token) > 0) return false;
  if (form_) place_ = form_->after(place_, token, tokenizer_);
  answer_.tokens.push_back(token);
  sampler_.accept(token);
  show(stop_.add(token, decoder_.push(token)));
  if (stop_.stopped()) {
    end(stop_.reason() == StopReason::kString ? FinishReason::kStopText : FinishReason::kMaxTokens);
    return false;
  }
  if (stop_repetition_ && guard_.add(token)) {
    end(FinishReason::kRepetition);
    return false;
  }
  return true;
}

Generation AnswerWriter::finish() {
  if (!stop_.stopped()) show(stop_.finish() + decoder_.finish());
  return std::move(answer_);
}

}  // namespace auris::generate
