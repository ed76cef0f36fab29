#include "auris/engine/session.h"

#include <algorithm>
#include <chrono>

#include "auris/engine/prompt_rows.h"

namespace auris::engine {
namespace {

using Clock = std::chrono::steady_clock;

// How many of `tokens` begin `seen` alike; at least one token must be run to have logits.
size_t shared_prefix(const std::vector<text::TokenId>& seen, const std::vector<text::TokenId>& tokens) {
  size_t limit = std::min(seen.size(), tokens.size() - 1);
  return static_cast<size_t>(
      std::mismatch(seen.begin(), seen.begin() + static_cast<std::ptrdiff_t>(limit), tokens.begin()).first -
      seen.begin());
}

// The prompt's ids with the number of its recording at every row of sound, so that equal ids mean equal rows.
// Recordings that are not in `clips` yet are added.
std::vector<text::TokenId> numbered(const processor::ModelInput& input, const std::vector<Message>& messages,
                                    std::vector<Clip>& clips) {
  std::vector<text::TokenId> ids = input.ids;
  auto segment = input.audio.begin();
  for (const Message& message : messages) {
    for (const Clip& clip : message.audio) {
      auto found = std::find(clips.begin(), clips.end(), clip);
      auto number = static_cast<text::TokenId>(found - clips.begin());
      if (found == clips.end()) clips.push_back(clip);
      std::fill_n(ids.begin() + segment->row_begin, segment->row_count, -1 - number);
      ++segment;
    }
  }
  return ids;
}

}  // namespace

Session::Session(std::shared_ptr<const LanguageModel> model, const SessionOptions& options,
                 int64_t context_tokens)
    : model_(std::move(model)),
      options_(options),
      context_tokens_(context_tokens),
      cache_(model_->llama->cache_options(options.kv_cache)),
      sequence_(cache_.create()) {
  clear();
  history_.insert(history_.end(), options_.history.begin(), options_.history.end());
}

void Session::clear() {
  history_.clear();
  if (!options_.system.empty()) history_.push_back({"system", options_.system});
  seen_.erase(std::find_if(seen_.begin(), seen_.end(), [](text::TokenId id) { return id < 0; }), seen_.end());
  clips_.clear();
}

generate::Generation Session::send(const std::string& text, const generate::GenerationOptions& options,
                                   const generate::GenerationCallbacks& callbacks) {
  return send(Turn{.text = text}, options, callbacks);
}

generate::Generation Session::send(const Turn& turn, const generate::GenerationOptions& options,
                                   const generate::GenerationCallbacks& callbacks) {
  auto begin = Clock::now();
  std::vector<Message> messages = history_;
  messages.push_back({"user", turn.text, turn.audio});
  processor::ModelInput prompt = model_->prompt_of(messages);
  if (prompt.rows() >= context_tokens_) {
    throw Error(ErrorCode::kUsage, {.where = "conversation",
                                    .expected = "fewer than " + std::to_string(context_tokens_) + " tokens",
                                    .got = std::to_string(prompt.rows()),
                                    .hint = "start a new conversation or use a model with a longer context"});
  }
  std::vector<Clip> clips = clips_;
  std::vector<text::TokenId> ids = numbered(prompt, messages, clips);
  size_t keep = shared_prefix(seen_, ids);
  cache_.truncate(sequence_, static_cast<int64_t>(keep));
  seen_.resize(keep);

  double prepared_s = std::chrono::duration<double>(Clock::now() - begin).count();  // features of recordings
  PromptRows rows(*model_, prompt);
  generate::TextGenerator generator(*model_->llama, *model_->tokenizer, model_->end_of_turn);
  generate::GenerationOptions bounded = options;
  bounded.context_tokens = context_tokens_;
  generate::Generation answer = generator.generate(
      {.tokens = ids, .embed = [&](int64_t first, int64_t count) { return rows.rows(first, count); }},
      {.cache = cache_, .sequence = sequence_}, bounded, callbacks);
  answer.prefill_s += prepared_s;
  answer.first_token_s += prepared_s;
  seen_ = std::move(ids);
  seen_.insert(seen_.end(), answer.tokens.begin(), answer.tokens.end());
  seen_.resize(static_cast<size_t>(cache_.length(sequence_)));
  clips_ = std::move(clips);
  messages.push_back({"assistant", answer.text});
  history_ = std::move(messages);
  return answer;
}

}  // namespace auris::engine
