#pragma once
// The best of many scores.

#include <span>
#include <vector>

#include "auris/generate/whisper/vocabulary.h"

namespace auris::generate {

struct ScoredToken {
  TokenId token = 0;
  float score = 0;
};

// The `count` highest scores, best first; the smaller id wins a tie.
std::vector<ScoredToken> top_tokens(std::span<const float> scores, size_t count);

}  // namespace auris::generate
