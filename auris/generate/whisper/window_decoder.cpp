#include "auris/generate/whisper/window_decoder.h"

#include <algorithm>
#include <cmath>

#include "auris/generate/repetition_guard.h"

namespace auris::generate {
namespace {

// Room for text that a long prefix leaves.
constexpr size_t kLeastNewTokens = 32;

// A text heard with part of the padding is taken if it is at least this probable (docs/decisions/0007).
constexpr double kSureLogProb = -0.7;
constexpr double kSureNoSpeech = 0.6;

constexpr std::string_view kReplacement = "\uFFFD";  // stands for bytes that are no character

TokenRules rules_of(const models::WhisperModel& model, const WhisperVocabulary& vocabulary,
                    const TranscribeOptions& options) {
  TokenRuleOptions rules;
  rules.suppressed = options.suppressed_tokens;
  if (options.suppress_non_speech) {
    const std::vector<TokenId>& listed = model.facts.suppressed;
    std::vector<TokenId> signs = listed.empty() ? vocabulary.non_speech_tokens() : listed;
    rules.suppressed.insert(rules.suppressed.end(), signs.begin(), signs.end());
  }
  std::vector<TokenId> control = vocabulary.control_tokens();
  rules.suppressed.insert(rules.suppressed.end(), control.begin(), control.end());
  // Some configurations list the end of text among the suppressed tokens of the wrong vocabulary.
  std::erase(rules.suppressed, vocabulary.end_of_text);
  if (options.suppress_blank) {
    rules.suppressed_at_begin = vocabulary.encode_spoken("");
    rules.suppressed_at_begin.push_back(vocabulary.end_of_text);
  }
  rules.timestamps = options.timestamps;
  rules.max_initial_timestamp = static_cast<int>(std::nearbyint(options.max_initial_timestamp_s / 0.02));
  rules.repetition_penalty = static_cast<float>(options.repetition_penalty);
  rules.no_repeat_ngram = options.no_repeat_ngram;
  return {vocabulary, std::move(rules)};
}

double probability(std::span<const float> logits, TokenId token) {
  const float best = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float x : logits) sum += std::exp(x - best);
  return std::exp(logits[static_cast<size_t>(token)] - best) / sum;
}

void append_limited(std::vector<TokenId>& prompt, const std::vector<TokenId>& tokens, size_t limit) {
  size_t count = tokens.size() > limit ? limit : tokens.size();
  prompt.insert(prompt.end(), tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace

WindowPrompt make_prompt(const WhisperVocabulary& vocabulary, const TranscribeOptions& options,
                         const PromptParts& parts, int max_context) {
  const size_t half =
      static_cast<size_t>(max_context) / 2 - 1;  // as much previous text as openai-whisper allows
  const bool with_prefix = parts.with_prefix && !options.prefix.empty();
  const bool with_hotwords = !options.hotwords.empty() && !with_prefix;
  WindowPrompt prompt;
  if (!parts.previous.empty() || with_hotwords) {
    prompt.tokens.push_back(vocabulary.start_of_previous);
    // Both together must leave room for the text.
    size_t room = half;
    if (with_hotwords) {
      append_limited(prompt.tokens, vocabulary.encode_spoken(options.hotwords), half);
      room -= prompt.tokens.size() - 1;
    }
    std::span<const TokenId> previous = parts.previous.last(std::min(room, parts.previous.size()));
    prompt.tokens.insert(prompt.tokens.end(), previous.begin(), previous.end());
  }
  prompt.start_index = prompt.tokens.size();
  prompt.tokens.push_back(vocabulary.start);
  if (vocabulary.multilingual()) {
    prompt.tokens.push_back(parts.language);
    prompt.tokens.push_back(options.task == WhisperTask::kTranslate ? vocabulary.translate
                                                                    : vocabulary.transcribe);
  }
  if (!options.timestamps) prompt.tokens.push_back(vocabulary.no_timestamps);
  size_t before = prompt.tokens.size();
  if (with_prefix) {
    if (options.timestamps) prompt.tokens.push_back(vocabulary.timestamp_begin);
    const size_t room =
        static_cast<size_t>(max_context) -
        std::min<size_t>(prompt.tokens.size() + kLeastNewTokens, static_cast<size_t>(max_context));
    append_limited(prompt.tokens, vocabulary.encode_spoken(options.prefix), std::min(half, room));
  }
  prompt.prefix = prompt.tokens.size() - before;
  return prompt;
}

WindowDecoder::WindowDecoder(WindowState& state, const WhisperVocabulary& vocabulary,
                             const TranscribeOptions& options, std::function<void()> check)
    : state_(state),
      vocabulary_(vocabulary),
      options_(options),
      check_(std::move(check)),
      rules_(rules_of(state.model(), vocabulary, options)),
      rng_(options.seed) {}

WindowText WindowDecoder::attempt(const WindowPrompt& prompt, const Tensor& logits, double temperature) {
  const int context = state_.model().config.max_target_positions;
  const int start = static_cast<int>(prompt.tokens.size() - prompt.prefix) - 1;
  int limit = std::min(context / 2, context - start);
  if (options_.max_new_tokens > 0) limit = std::min(limit, options_.max_new_tokens);
  limit = std::min(limit, context + 1 - static_cast<int>(prompt.tokens.size()));
  SearchOptions search = {.beam_size = options_.beam_size,
                          .patience = options_.patience,
                          .length_penalty = options_.length_penalty,
                          .temperature = temperature,
                          .best_of = options_.best_of,
                          .max_tokens = std::max(1, limit),
                          .prefix = prompt.prefix,
                          .check = check_};
  const WindowState::Search searching(state_);
  FoundText found = search_text(state_, logits, std::span(prompt.tokens).last(prompt.prefix), rules_,
                                vocabulary_, search, rng_);
  WindowText text;
  text.avg_logprob = found.sum_logprob / static_cast<double>(found.tokens.size() + 1);
  std::string words = vocabulary_.decode(found.tokens);
  size_t begin = words.find_first_not_of(" \n\t");
  text.compression_ratio = compression_ratio(begin == std::string::npos ? "" : words.substr(begin));
  text.temperature = temperature;
  text.truncated = found.truncated;
  text.repetition_loop = found.repetition_loop;
  text.tokens = std::move(found.tokens);
  return text;
}

std::optional<WindowText> WindowDecoder::try_decode(const WindowPrompt& prompt) {
  PromptReading reading = read(prompt);
  WindowText text = attempt(prompt, reading.logits, options_.temperatures.front());
  text.no_speech_prob = reading.no_speech_prob;
  const double ratio_limit = options_.compression_ratio_threshold.value_or(2.4);
  if (text.tokens.empty()) return std::nullopt;
  // A text that ends without a closing timestamp has often lost its last words.
  const bool closed = !options_.timestamps || vocabulary_.is_timestamp(text.tokens.back());
  const bool legible = vocabulary_.decode(text.tokens).find(kReplacement) == std::string::npos;
  const bool repetitive = text.repetition_loop || text.compression_ratio > ratio_limit;
  const bool sure = text.avg_logprob > kSureLogProb && text.no_speech_prob < kSureNoSpeech;
  return closed && legible && !text.truncated && !repetitive && sure ? std::optional(std::move(text))
                                                                     : std::nullopt;
}

WindowDecoder::PromptReading WindowDecoder::read(const WindowPrompt& prompt) {
  const std::vector<int32_t> wanted = {static_cast<int32_t>(prompt.start_index),
                                       static_cast<int32_t>(prompt.tokens.size()) - 1};
  Tensor logits = state_.read_prompt(prompt.tokens, wanted);
  const double no_speech = probability(logits.slice_rows(0, 1).span<float>(), vocabulary_.no_speech);
  return {.logits = logits.slice_rows(1, 1), .no_speech_prob = no_speech};
}

WindowText WindowDecoder::decode(const WindowPrompt& prompt) {
  const auto [logits, no_speech] = read(prompt);
  std::vector<WindowText> failed;
  std::vector<WindowText> unrepetitive;
  const auto& ratio_limit = options_.compression_ratio_threshold;
  const auto& prob_limit = options_.log_prob_threshold;
  double last_temperature = 0;
  for (double temperature : options_.temperatures) {
    WindowText text = attempt(prompt, logits, temperature);
    text.no_speech_prob = no_speech;
    last_temperature = temperature;
    const bool repetitive = text.repetition_loop || (ratio_limit && text.compression_ratio > *ratio_limit);
    const bool improbable = prob_limit && text.avg_logprob < *prob_limit;
    const bool silent =
        options_.no_speech_threshold && no_speech > *options_.no_speech_threshold && improbable;
    if (silent || (!repetitive && !improbable)) return text;
    (repetitive ? failed : unrepetitive).push_back(std::move(text));
  }
  std::vector<WindowText>& pool = unrepetitive.empty() ? failed : unrepetitive;
  WindowText best = *std::max_element(pool.begin(), pool.end(), [](const WindowText& a, const WindowText& b) {
    return a.avg_logprob < b.avg_logprob;
  });
  best.temperature = last_temperature;
  return best;
}

std::vector<LanguageProbability> WindowDecoder::detect_language() {
  if (check_) check_();
  const std::vector<TokenId> prompt = {vocabulary_.start};
  const std::vector<int32_t> wanted = {0};
  std::span<const float> logits = state_.read_prompt(prompt, wanted).span<float>();
  std::vector<LanguageProbability> languages;
  std::vector<double> scores;
  for (const WhisperLanguage& language : vocabulary_.languages()) {
    scores.push_back(logits[static_cast<size_t>(language.token)]);
    languages.push_back({language.code, 0});
  }
  const double best = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (double score : scores) sum += std::exp(score - best);
  for (size_t i = 0; i < scores.size(); ++i) languages[i].probability = std::exp(scores[i] - best) / sum;
  std::stable_sort(languages.begin(), languages.end(),
                   [](const LanguageProbability& a, const LanguageProbability& b) {
                     return a.probability > b.probability;
                   });
  return languages;
}

}  // namespace auris::generate
