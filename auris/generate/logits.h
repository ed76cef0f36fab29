#pragma once
// Reductions over one row of logits. NaN counts as "less than everything".

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "auris/generate/sampling_options.h"

namespace auris::generate {

struct Candidate {
  TokenId id = 0;
  float value = 0;  // a logit, a probability or a log-probability
};

// The largest value; -infinity if there is none.
float max_logit(std::span<const float> logits);
// The lowest index of the largest value. Throws kModel if that is not a finite number.
TokenId argmax(std::span<const float> logits);
// Sum of exp((x - shift) * scale) in double.
double sum_exp(std::span<const float> logits, float shift, float scale);
// The k-th largest value (k from 1); with fewer numbers than k, -infinity.
float kth_largest(std::span<const float> logits, size_t k);
// All with value >= cut, by falling value, then rising id.
std::vector<Candidate> at_least(std::span<const float> logits, float cut);

}  // namespace auris::generate
