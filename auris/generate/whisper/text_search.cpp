#include "auris/generate/whisper/text_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "auris/generate/repetition_guard.h"
#include "auris/generate/whisper/top_tokens.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::generate {
namespace {

// How often, in tokens, a text is examined for repetition loops.
constexpr size_t kLoopCheckInterval = 8;

// Real speech ("no, no, no", a chorus) stays below this; such a text's compression ratio is beyond every
// limit.
constexpr RepetitionOptions kLoop = {.max_period = 40, .min_repeats = 6, .min_tokens = 48};

// A text that got stuck is only taken if there is no other.
double rank(const FoundText& text, double length_penalty) {
  if (text.tokens.empty() || text.repetition_loop) return -std::numeric_limits<double>::infinity();
  return text.sum_logprob / std::pow(static_cast<double>(text.tokens.size()), length_penalty);
}

FoundText best_of(std::vector<FoundText> texts, double length_penalty) {
  AURIS_CHECK(!texts.empty());
  size_t best = 0;
  for (size_t i = 1; i < texts.size(); ++i) {
    if (rank(texts[i], length_penalty) > rank(texts[best], length_penalty)) best = i;
  }
  return std::move(texts[best]);
}

// The words alone: the timestamps between repeated sentences differ.
std::optional<RepetitionLoop> loop_of(const WhisperVocabulary& vocabulary, std::span<const TokenId> tokens) {
  std::vector<TokenId> words;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(words),
               [&](TokenId id) { return vocabulary.is_text(id); });
  return find_loop(words, kLoop);
}

// Keeps what came before the loop and the repeated unit once.
void cut_loop(const WhisperVocabulary& vocabulary, FoundText& text) {
  std::optional<RepetitionLoop> loop = loop_of(vocabulary, text.tokens);
  if (!loop) return;
  size_t words = 0;
  size_t end = 0;
  while (end < text.tokens.size() && words < loop->cut()) {
    if (vocabulary.is_text(text.tokens[end])) ++words;
    ++end;
  }
  text.sum_logprob *= static_cast<double>(end) / static_cast<double>(text.tokens.size());
  text.tokens.resize(end);
  text.repetition_loop = true;
}

class Search {
 public:
  Search(WindowState& state, std::span<const TokenId> prefix, const TokenRules& rules,
         const WhisperVocabulary& vocabulary, const SearchOptions& options, Rng& rng)
      : state_(state),
        prefix_(prefix),
        rules_(rules),
        vocabulary_(vocabulary),
        options_(options),
        rng_(rng) {}

  FoundText beams(Tensor logits);
  FoundText samples(Tensor logits);

 private:
  struct Text {
    SequenceId sequence = kNoSequence;
    std::vector<TokenId> tokens;  // sampled
    double sum_logprob = 0;
  };
  struct Candidate {
    size_t origin = 0;
    TokenId token = 0;
    double sum_logprob = 0;
  };

  Tensor log_probs(const Tensor& logits, const std::vector<Text>& texts) const;
  std::vector<Candidate> candidates(const Tensor& log_probs, const std::vector<Text>& texts) const;
  std::vector<Text> advance(std::vector<Text>& texts, const std::vector<Candidate>& chosen);
  Tensor feed(const std::vector<Text>& texts);
  FoundText finish(const Text& text, const Candidate& candidate) const;
  TokenId draw(std::span<const float> log_probs);
  bool looped(const Text& text) const {
    return text.tokens.size() % kLoopCheckInterval == 0 && loop_of(vocabulary_, text.tokens).has_value();
  }
  void drop(std::vector<Text>& texts) {
    for (Text& text : texts) state_.drop(text.sequence);
    texts.clear();
  }

  WindowState& state_;
  std::span<const TokenId> prefix_;
  const TokenRules& rules_;
  const WhisperVocabulary& vocabulary_;
  const SearchOptions& options_;
  Rng& rng_;
};

// `logits` is overwritten.
Tensor Search::log_probs(const Tensor& logits, const std::vector<Text>& texts) const {
  const auto vocab = static_cast<size_t>(logits.cols());
  std::vector<TokenId> written(prefix_.begin(), prefix_.end());
  auto row = [&](const Tensor& x, size_t i) { return x.span<float>().subspan(i * vocab, vocab); };
  auto with_prefix = [&](const Text& text) -> std::span<const TokenId> {
    written.resize(prefix_.size());
    written.insert(written.end(), text.tokens.begin(), text.tokens.end());
    return written;
  };
  for (size_t i = 0; i < texts.size(); ++i) {
    rules_.before_softmax(row(logits, i), with_prefix(texts[i]), prefix_.size());
  }
  Tensor out = ops::log_softmax(logits);
  for (size_t i = 0; i < texts.size(); ++i) {
    rules_.after_softmax(row(out, i), with_prefix(texts[i]), prefix_.size());
  }
  return out;
}

// The best 2 * beam_size continuations of all texts: even if beam_size of them end, as many stay alive.
std::vector<Search::Candidate> Search::candidates(const Tensor& log_probs,
                                                  const std::vector<Text>& texts) const {
  const auto vocab = static_cast<size_t>(log_probs.cols());
  const size_t count = 2 * static_cast<size_t>(options_.beam_size);
  std::vector<Candidate> all;
  for (size_t i = 0; i < texts.size(); ++i) {
    for (const ScoredToken& best : top_tokens(log_probs.span<float>().subspan(i * vocab, vocab), count)) {
      all.push_back({i, best.token, texts[i].sum_logprob + best.score});
    }
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Candidate& a, const Candidate& b) { return a.sum_logprob > b.sum_logprob; });
  if (all.size() > count) all.resize(count);
  return all;
}

FoundText Search::finish(const Text& text, const Candidate& candidate) const {
  FoundText found = {.tokens = text.tokens, .sum_logprob = candidate.sum_logprob};
  if (candidate.token != vocabulary_.end_of_text) {
    found.tokens.push_back(candidate.token);
    found.truncated = true;
  }
  return found;
}

// The chosen candidates become the texts; the first child of a text takes over its sequence, others fork it.
std::vector<Search::Text> Search::advance(std::vector<Text>& texts, const std::vector<Candidate>& chosen) {
  std::vector<Text> next;
  std::vector<bool> taken(texts.size(), false);
  for (const Candidate& candidate : chosen) {
    const Text& origin = texts[candidate.origin];
    Text child = {.sequence = kNoSequence, .tokens = origin.tokens, .sum_logprob = candidate.sum_logprob};
    child.sequence = taken[candidate.origin] ? state_.fork(origin.sequence) : origin.sequence;
    taken[candidate.origin] = true;
    child.tokens.push_back(candidate.token);
    next.push_back(std::move(child));
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    if (!taken[i]) state_.drop(texts[i].sequence);
  }
  texts.clear();
  return next;
}

Tensor Search::feed(const std::vector<Text>& texts) {
  if (options_.check) options_.check();
  std::vector<SequenceId> sequences;
  std::vector<TokenId> tokens;
  for (const Text& text : texts) {
    sequences.push_back(text.sequence);
    tokens.push_back(text.tokens.back());
  }
  return state_.step(sequences, tokens);
}

FoundText Search::beams(Tensor logits) {
  const auto beam_size = static_cast<size_t>(options_.beam_size);
  const auto enough = static_cast<size_t>(std::lround(static_cast<double>(beam_size) * options_.patience));
  std::vector<FoundText> finished;
  std::vector<Text> texts = {{.sequence = state_.begin_text(), .tokens = {}, .sum_logprob = 0}};
  for (int step = 1;; ++step) {
    const bool last = step >= options_.max_tokens;
    std::vector<Candidate> best = candidates(log_probs(logits, texts), texts);
    std::vector<Candidate> alive;
    size_t spare = std::min(beam_size, best.size());
    bool best_ended = false;
    for (size_t k = 0; k < std::min(beam_size, best.size()); ++k) {
      const bool ends = best[k].token == vocabulary_.end_of_text;
      if (!ends && !last) {
        alive.push_back(best[k]);
        continue;
      }
      best_ended = best_ended || k == 0;
      finished.push_back(finish(texts[best[k].origin], best[k]));
      while (spare < best.size() && best[spare].token == vocabulary_.end_of_text) ++spare;
      if (!last && spare < best.size()) alive.push_back(best[spare++]);
    }
    // Without a length penalty nothing found later can rank higher than a finished best beam.
    const bool settled = options_.length_penalty == 0 ? best_ended : finished.size() >= enough;
    if (last || settled || alive.empty()) break;
    texts = advance(texts, alive);
    if (looped(texts[0])) {
      finished.assign(1, {.tokens = texts[0].tokens, .sum_logprob = texts[0].sum_logprob});
      cut_loop(vocabulary_, finished[0]);
      break;
    }
    logits = feed(texts);
  }
  drop(texts);
  return best_of(std::move(finished), options_.length_penalty);
}

TokenId Search::draw(std::span<const float> log_probs) {
  const float best = *std::max_element(log_probs.begin(), log_probs.end());
  const double scale = 1.0 / options_.temperature;
  std::vector<double> sums(log_probs.size());
  double sum = 0;
  for (size_t i = 0; i < log_probs.size(); ++i) {
    sum += std::exp((log_probs[i] - best) * scale);
    sums[i] = sum;
  }
  const double target = rng_.uniform() * sum;
  auto found = std::upper_bound(sums.begin(), sums.end(), target);
  return static_cast<TokenId>(std::min<std::ptrdiff_t>(found - sums.begin(), std::ssize(sums) - 1));
}

FoundText Search::samples(Tensor logits) {
  const bool greedy = options_.temperature <= 0;
  const int count = greedy ? 1 : options_.best_of;
  std::vector<FoundText> finished;
  std::vector<Text> texts(static_cast<size_t>(count));
  for (Text& text : texts) text.sequence = state_.begin_text();
  // All texts begin behind the same prompt: the first step's row is repeated for each.
  Tensor first = Tensor::empty({count, logits.cols()});
  for (int i = 0; i < count; ++i) {
    std::copy_n(logits.data<float>(), logits.cols(), first.data<float>() + i * logits.cols());
  }
  logits = first;
  for (int step = 1;; ++step) {
    Tensor scores = log_probs(logits, texts);
    const auto vocab = static_cast<size_t>(scores.cols());
    std::vector<Candidate> alive;
    for (size_t i = 0; i < texts.size(); ++i) {
      std::span<const float> row = scores.span<float>().subspan(i * vocab, vocab);
      TokenId token = greedy ? top_tokens(row, 1)[0].token : draw(row);
      Candidate candidate = {i, token, texts[i].sum_logprob + row[static_cast<size_t>(token)]};
      if (token == vocabulary_.end_of_text || step >= options_.max_tokens) {
        finished.push_back(finish(texts[i], candidate));
      } else {
        alive.push_back(candidate);
      }
    }
    texts = advance(texts, alive);
    for (size_t i = texts.size(); i-- > 0;) {
      if (!looped(texts[i])) continue;
      finished.push_back({.tokens = texts[i].tokens, .sum_logprob = texts[i].sum_logprob});
      cut_loop(vocabulary_, finished.back());
      state_.drop(texts[i].sequence);
      texts.erase(texts.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (texts.empty()) break;
    logits = feed(texts);
  }
  return best_of(std::move(finished), options_.length_penalty);
}

}  // namespace

FoundText search_text(WindowState& state, const Tensor& prompt_logits, std::span<const TokenId> prefix,
                      const TokenRules& rules, const WhisperVocabulary& vocabulary,
                      const SearchOptions& options, Rng& rng) {
  Search search(state, prefix, rules, vocabulary, options, rng);
  // The search overwrites its logits, and the prompt's are needed again at the next temperature.
  Tensor logits = Tensor::from(prompt_logits.span<float>(), {1, prompt_logits.elements()});
  return options.temperature > 0 || options.beam_size == 1 ? search.samples(logits) : search.beams(logits);
}

}  // namespace auris::generate
