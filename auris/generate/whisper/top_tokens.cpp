#include "auris/generate/whisper/top_tokens.h"

#include <algorithm>

namespace auris::generate {
namespace {

constexpr size_t kBlock = 64;

bool better(const ScoredToken& a, const ScoredToken& b) {
  return a.score != b.score ? a.score > b.score : a.token < b.token;
}

// Almost no block holds anything above the threshold: this loop vectorises.
bool any_above(const float* scores, float threshold) {
  int above = 0;
  for (size_t i = 0; i < kBlock; ++i) above |= scores[i] > threshold;
  return above != 0;
}

}  // namespace

std::vector<ScoredToken> top_tokens(std::span<const float> scores, size_t count) {
  count = std::min(count, scores.size());
  std::vector<ScoredToken> best;  // a heap with the worst in front
  best.reserve(count + 1);
  auto offer = [&](size_t i) {
    ScoredToken token = {static_cast<TokenId>(i), scores[i]};
    if (best.size() < count) {
      best.push_back(token);
      std::push_heap(best.begin(), best.end(), better);
    } else if (better(token, best.front())) {
      std::pop_heap(best.begin(), best.end(), better);
      best.back() = token;
      std::push_heap(best.begin(), best.end(), better);
    }
  };
  if (count == 0) return best;
  size_t i = 0;
  for (; i < count; ++i) offer(i);
  for (; i + kBlock <= scores.size(); i += kBlock) {
    if (!any_above(scores.data() + i, best.front().score)) continue;
    for (size_t j = i; j < i + kBlock; ++j) offer(j);
  }
  for (; i < scores.size(); ++i) offer(i);
  std::sort_heap(best.begin(), best.end(), better);
  return best;
}

}  // namespace auris::generate
