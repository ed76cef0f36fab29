#include "auris/generate/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "auris/base/error.h"

namespace auris::generate {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();

// The fewest leading candidates whose weights reach `share` of `total`; at least one.
size_t reach(const std::vector<double>& weights, double share, double total) {
  double sum = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    sum += weights[i];
    if (sum >= share * total) return i + 1;
  }
  return weights.size();
}

std::vector<double> weights_of(const std::vector<Candidate>& candidates, float largest, float scale) {
  std::vector<double> weights;
  weights.reserve(candidates.size());
  for (const Candidate& candidate : candidates) {
    weights.push_back(std::exp(static_cast<double>((candidate.value - largest) * scale)));
  }
  return weights;
}

}  // namespace

Sampler::Sampler(SamplingOptions options, int64_t vocab_size)
    : options_(std::move(options)), rng_(options_.seed) {
  check(options_, vocab_size);
  counts_.resize(static_cast<size_t>(vocab_size));
  is_seen_.resize(static_cast<size_t>(vocab_size));
}

void Sampler::remember(TokenId token) {
  auto index = static_cast<size_t>(token);
  if (is_seen_[index]) return;
  is_seen_[index] = true;
  seen_.push_back(token);
}

void Sampler::add_prompt(std::span<const TokenId> tokens) {
  for (TokenId token : tokens) {
    if (token >= 0 && static_cast<size_t>(token) < is_seen_.size()) remember(token);
  }
}

void Sampler::accept(TokenId token) {
  AURIS_CHECK(token >= 0 && static_cast<size_t>(token) < counts_.size());
  remember(token);
  ++counts_[static_cast<size_t>(token)];
}

// Bias, suppression and penalties touch few tokens. Without any, the logits are used where they lie.
std::span<const float> Sampler::adjusted(std::span<const float> logits) {
  bool penalizes =
      options_.repetition_penalty != 1 || options_.frequency_penalty != 0 || options_.presence_penalty != 0;
  if (options_.logit_bias.empty() && options_.suppressed.empty() && (!penalizes || seen_.empty()))
    return logits;
  scratch_.assign(logits.begin(), logits.end());
  for (const auto& [id, bias] : options_.logit_bias) scratch_[static_cast<size_t>(id)] += bias;
  for (TokenId id : options_.suppressed) scratch_[static_cast<size_t>(id)] = kNever;
  if (penalizes) {
    for (TokenId id : seen_) {
      float& logit = scratch_[static_cast<size_t>(id)];
      logit = logit < 0 ? logit * options_.repetition_penalty : logit / options_.repetition_penalty;
      auto count = static_cast<float>(counts_[static_cast<size_t>(id)]);
      if (count > 0) logit -= count * options_.frequency_penalty + options_.presence_penalty;
    }
  }
  return scratch_;
}

// Tokens that pass top-k, top-p and min-p, with their (adjusted) logits, likeliest first. Sorts only a head
// of the vocabulary: the part within some distance of the largest logit, widened until it holds enough
// probability.
std::vector<Candidate> Sampler::kept(std::span<const float> logits) const {
  float largest = logits[static_cast<size_t>(argmax(logits))];
  float scale = 1 / options_.temperature;
  bool limits_k = options_.top_k > 0 && static_cast<size_t>(options_.top_k) < logits.size();
  float floor = limits_k ? kth_largest(logits, static_cast<size_t>(options_.top_k)) : kNever;
  std::vector<Candidate> candidates;
  if (options_.top_p < 1) {
    double total = limits_k ? 0 : sum_exp(logits, largest, scale);
    for (float distance : {4.0f, 10.0f, 25.0f, std::numeric_limits<float>::infinity()}) {
      if (limits_k) distance = std::numeric_limits<float>::infinity();  // few enough already
      candidates = at_least(logits, std::max(floor, largest - distance / scale));
      std::vector<double> weights = weights_of(candidates, largest, scale);
      double mass = 0;
      for (double weight : weights) mass += weight;
      bool is_whole = std::isinf(distance);
      if (is_whole) total = mass;
      if (!is_whole && mass < options_.top_p * total * (1 + 1e-6)) continue;
      candidates.resize(reach(weights, options_.top_p, total));
      break;
    }
  } else {
    float cut = options_.min_p > 0 ? largest + std::log(options_.min_p) / scale : kNever;
    candidates = at_least(logits, std::max(floor, cut - 1e-4f * std::fabs(cut)));
  }
  if (options_.min_p > 0) {
    auto is_unlikely = [&](const Candidate& candidate) {
      return std::exp((candidate.value - largest) * scale) < options_.min_p;
    };
    candidates.erase(std::find_if(candidates.begin(), candidates.end(), is_unlikely), candidates.end());
  }
  return candidates;
}

std::vector<Candidate> Sampler::distribution(std::span<const float> logits) {
  AURIS_CHECK(logits.size() == counts_.size());
  std::span<const float> values = adjusted(logits);
  if (options_.temperature == 0) return {{argmax(values), 1}};
  std::vector<Candidate> candidates = kept(values);
  std::vector<double> weights = weights_of(candidates, candidates[0].value, 1 / options_.temperature);
  double total = 0;
  for (double weight : weights) total += weight;
  for (size_t i = 0; i < candidates.size(); ++i) candidates[i].value = static_cast<float>(weights[i] / total);
  return candidates;
}

std::span<const float> Sampler::masked(std::span<const float> logits, std::span<const uint64_t> allowed) {
  if (allowed.empty()) return logits;
  AURIS_CHECK(allowed.size() == (logits.size() + 63) / 64);
  masked_.assign(logits.begin(), logits.end());
  for (size_t i = 0; i < masked_.size(); ++i) {
    if ((allowed[i / 64] >> (i % 64) & 1) == 0) masked_[i] = kNever;
  }
  return masked_;
}

Choice Sampler::choose(std::span<const float> logits, std::span<const uint64_t> allowed) {
  AURIS_CHECK(logits.size() == counts_.size());
  Choice choice;
  const std::span<const float> values = masked(logits, allowed);
  if (options_.temperature == 0) {
    choice.id = argmax(adjusted(values));
  } else {
    std::vector<Candidate> candidates = distribution(values);
    double rest = rng_.uniform();
    size_t index = 0;
    while (index + 1 < candidates.size() && rest >= candidates[index].value)
      rest -= candidates[index++].value;
    choice.id = candidates[index].id;
  }
  if (options_.top_logprobs >= 0) add_logprobs(logits, choice);
  return choice;
}

void Sampler::add_logprobs(std::span<const float> logits, Choice& choice) const {
  float largest = logits[static_cast<size_t>(argmax(logits))];
  double log_total = std::log(sum_exp(logits, largest, 1));
  auto logprob = [&](float logit) {
    return static_cast<float>(static_cast<double>(logit) - largest - log_total);
  };
  choice.logprob = logprob(logits[static_cast<size_t>(choice.id)]);
  auto count = static_cast<size_t>(options_.top_logprobs);
  if (count == 0) return;
  choice.top = at_least(logits, kth_largest(logits, count));
  choice.top.resize(std::min(count, choice.top.size()));
  for (Candidate& candidate : choice.top) candidate.value = logprob(candidate.value);
}

}  // namespace auris::generate
