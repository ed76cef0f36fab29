#include "auris/generate/whisper/token_rules.h"

#include <algorithm>
#include <cmath>

#include "auris/base/error.h"

namespace auris::generate {

TokenRules::TokenRules(const WhisperVocabulary& vocabulary, TokenRuleOptions options)
    : vocabulary_(vocabulary), options_(std::move(options)) {
  auto outside = [&](TokenId id) { return id < 0 || id >= vocabulary_.size; };
  std::erase_if(options_.suppressed, outside);
  std::erase_if(options_.suppressed_at_begin, outside);
}

void TokenRules::forbid(std::span<float> logits, TokenId begin, TokenId end) const {
  end = std::min(end, vocabulary_.size);
  if (begin < end) std::fill(logits.begin() + begin, logits.begin() + end, kForbidden);
}

void TokenRules::forbid_repeated_ngrams(std::span<float> logits, std::span<const TokenId> written) const {
  const auto n = static_cast<size_t>(options_.no_repeat_ngram);
  if (n == 0 || written.size() < n) return;
  std::span<const TokenId> tail = written.last(n - 1);
  for (size_t i = 0; i + n <= written.size(); ++i) {
    if (std::equal(tail.begin(), tail.end(), written.begin() + static_cast<std::ptrdiff_t>(i))) {
      logits[static_cast<size_t>(written[i + n - 1])] = kForbidden;
    }
  }
}

void TokenRules::before_softmax(std::span<float> logits, std::span<const TokenId> written,
                                size_t prefix) const {
  AURIS_CHECK(logits.size() == static_cast<size_t>(vocabulary_.size));
  if (options_.repetition_penalty != 1.0f) {
    std::vector<TokenId> seen(written.begin(), written.end());
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    for (TokenId id : seen) {
      float& logit = logits[static_cast<size_t>(id)];
      logit = logit < 0 ? logit * options_.repetition_penalty : logit / options_.repetition_penalty;
    }
  }
  forbid_repeated_ngrams(logits, written);
  for (TokenId id : options_.suppressed) logits[static_cast<size_t>(id)] = kForbidden;
  if (written.size() == prefix) {
    for (TokenId id : options_.suppressed_at_begin) logits[static_cast<size_t>(id)] = kForbidden;
  }
  if (options_.timestamps) apply_timestamp_order(logits, written, prefix);
}

void TokenRules::apply_timestamp_order(std::span<float> logits, std::span<const TokenId> written,
                                       size_t prefix) const {
  const WhisperVocabulary& v = vocabulary_;
  logits[static_cast<size_t>(v.no_timestamps)] = kForbidden;
  if (written.empty()) {
    forbid(logits, 0, v.timestamp_begin);
    forbid(logits, v.timestamp_begin + options_.max_initial_timestamp + 1, v.size);
    return;
  }
  std::span<const TokenId> sampled = written.subspan(prefix);
  if (sampled.empty()) return;
  TokenId last = sampled.back();
  if (v.is_timestamp(last)) {
    bool second_of_pair = sampled.size() < 2 || v.is_timestamp(sampled[sampled.size() - 2]);
    if (second_of_pair) {
      forbid(logits, v.timestamp_begin, v.size);
    } else {  // a segment was closed: the next one opens at the same time or later, or the text ends
      forbid(logits, 0, v.end_of_text);
      forbid(logits, v.timestamp_begin, last);
    }
    return;
  }
  auto previous =
      std::find_if(sampled.rbegin(), sampled.rend(), [&](TokenId id) { return v.is_timestamp(id); });
  if (previous != sampled.rend()) forbid(logits, v.timestamp_begin, *previous + 1);
}

void TokenRules::after_softmax(std::span<float> log_probs, std::span<const TokenId> written,
                               size_t prefix) const {
  if (!options_.timestamps || written.size() <= prefix) return;
  const WhisperVocabulary& v = vocabulary_;
  std::span<const TokenId> sampled = written.subspan(prefix);
  if (v.is_timestamp(sampled.back()) && (sampled.size() < 2 || v.is_timestamp(sampled[sampled.size() - 2])))
    return;
  std::span<float> words = log_probs.first(static_cast<size_t>(v.timestamp_begin));
  std::span<float> times = log_probs.subspan(static_cast<size_t>(v.timestamp_begin));
  float best_time = *std::max_element(times.begin(), times.end());
  if (best_time <= kForbidden / 2) return;
  double sum = 0;
  for (float x : times) sum += std::exp(x - best_time);
  const float all_times = best_time + static_cast<float>(std::log(sum));
  if (all_times <= *std::max_element(words.begin(), words.end())) return;
  std::fill(words.begin(), words.end(), kForbidden);
  for (float& x : times) x -= all_times;
}

}  // namespace auris::generate
