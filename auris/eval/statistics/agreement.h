#pragma once
// How far votes agree beyond chance.

#include <cstdint>
#include <span>
#include <vector>

namespace auris::eval {

// What a disagreement of two ordered votes weighs.
enum class KappaWeights { kNone, kLinear, kQuadratic };  // equal or not; their distance; its square

// Cohen's kappa (Cohen 1960, 1968) of two raters' votes, numbers of `categories`, as scikit-learn's
// cohen_kappa_score computes it. 1 = always equal, 0 = as by chance; NaN where chance alone makes all equal,
// and without votes. kUsage for lists of different lengths or a vote that is no category.
double cohen_kappa(std::span<const int64_t> first, std::span<const int64_t> second, int64_t categories,
                   KappaWeights weights = KappaWeights::kNone);

// Fleiss' kappa (Fleiss 1971), as statsmodels' fleiss_kappa computes it: votes[i] are those of item i, in any
// order; all items have equally many, at least two. NaN and kUsage as above.
double fleiss_kappa(std::span<const std::vector<int64_t>> votes, int64_t categories);

}  // namespace auris::eval
