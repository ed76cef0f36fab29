#include "auris/engine/session.h"

#include <algorithm>

#include "auris/generate/text/text_generator.h"

namespace auris::engine {
namespace {

// How many of `tokens` begin `seen` alike; at least one token must be run to have logits.
size_t shared_prefix(const std::vector<text::TokenId>& seen, const std::vector<text::TokenId>& tokens) {
  size_t limit = std::min(seen.size(), tokens.size() - 1);
  return static_cast<size_t>(std::mismatch(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(limit), tokens.begin()).first -
                             seen.begin());
}

}  // namespace

Session::Session(std::shared_ptr<const LanguageModel> model, const SessionOptions& options, int64_t context_tokens)
    : model_(std::move(model)),
      options_(options),
      context_tokens_(context_tokens),
      cache_(model_->llama->cache_options(options.kv_cache)),
      sequence_(cache_.create()) {
  clear();
}

void Session::clear() {
  history_.clear();
  if (!options_.system.empty()) history_.push_back({"system", options_.system});
}

generate::Generation Session::send(const std::string& text, const generate::GenerationOptions& options,
                                   const generate::GenerationCallbacks& callbacks) {
  std::vector<Message> messages = history_;
  messages.push_back({"user", text});
  std::vector<text::TokenId> prompt = model_->prompt_of(messages);
  if (static_cast<int64_t>(prompt.size()) >= context_tokens_) {
    throw Error(ErrorCode::kUsage, {.where = "conversation",
                                    .expected = "fewer than " + std::to_string(context_tokens_) + " tokens",
                                    .got = std::to_string(prompt.size()),
                                    .hint = "start a new conversation or use a model with a longer context"});
  }
  size_t keep = shared_prefix(seen_, prompt);
  cache_.truncate(sequence_, static_cast<int64_t>(keep));
  seen_.resize(keep);

  generate::TextGenerator generator(*model_->llama, *model_->tokenizer, model_->end_of_turn);
  generate::GenerationOptions bounded = options;
  bounded.context_tokens = context_tokens_;
  generate::Generation answer = generator.generate(prompt, {.cache = cache_, .sequence = sequence_}, bounded, callbacks);
  seen_ = prompt;
  seen_.insert(seen_.end(), answer.tokens.begin(), answer.tokens.end());
  seen_.resize(static_cast<size_t>(cache_.length(sequence_)));
  messages.push_back({"assistant", answer.text});
  history_ = std::move(messages);
  return answer;
}

}  // namespace auris::engine
