#pragma once
// Confidence intervals and comparisons of corpus metrics by resampling with replacement (Efron 1979; for word
// error rates Bisani and Ney 2004). What is drawn are blocks, not utterances: those of one speaker or one
// session err together, and drawing them one by one makes intervals too narrow (Liu and others 2019, arXiv
// 1912.09508).
//
//   BootstrapEstimate bleu = bootstrap<BleuSums>(items, [](const BleuSums& sum) { return sum.score(); },
//   speakers);
//
// A metric is a score of the sum of its items' parts: Sums need a default value and +=. Blocks are numbers,
// one for each item, or nothing: every item is its own. Fewer than two blocks cannot be resampled: no
// interval (NaN). Throws kUsage for lists of different lengths, fewer than 100 resamples or a confidence
// outside (0, 1).

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "auris/eval/statistics/blocks.h"

namespace auris::eval {

struct BootstrapOptions {
  int resamples = 2000;
  double confidence = 0.95;  // between the percentiles 2.5 and 97.5
  uint64_t seed = 0;         // the same seed gives the same interval on any machine and any number of threads
};

struct Interval {
  double low = 0;
  double high = 0;
};

struct BootstrapEstimate {
  double value = 0;  // of the corpus as it is; NaN if there is nothing to divide by
  Interval interval;
  int64_t blocks = 0;
};

struct PairedEstimate {
  double difference = 0;  // second minus first
  Interval interval;      // of the difference; 0 outside means that they differ
  // Share of the resamples in which the second is lower, ties counted half: for error rates the probability
  // that the second is an improvement.
  double probability_lower = 0;
  int64_t blocks = 0;
};

// The pieces, for statistics that are more than a score of a sum (overall_interval.h).
//
// statistic(draws) of each resample that has a value, for draws of `blocks` numbers below `blocks`.
std::vector<double> resample(int64_t blocks, const BootstrapOptions& options,
                             const std::function<double(std::span<const size_t>)>& statistic);
BootstrapEstimate estimate_of(double value, int64_t blocks, std::vector<double> resampled, double confidence);
PairedEstimate paired_of(double difference, int64_t blocks, std::vector<double> resampled, double confidence);

template <class Sums>
Sums drawn(const std::vector<Sums>& blocks, std::span<const size_t> draws) {
  Sums sum;
  for (size_t draw : draws) sum += blocks[draw];
  return sum;
}

template <class Sums, class Score>
BootstrapEstimate bootstrap(std::span<const Sums> items, const Score& score,
                            std::span<const int64_t> blocks = {}, const BootstrapOptions& options = {}) {
  const std::vector<Sums> sums = block_sums(items, blocks);
  auto statistic = [&](std::span<const size_t> draws) { return score(drawn(sums, draws)); };
  return estimate_of(score(sum_of(items)), std::ssize(sums), resample(std::ssize(sums), options, statistic),
                     options.confidence);
}

// Two systems on the same items, in the same order: each resample draws the same blocks for both.
template <class Sums, class Score>
PairedEstimate paired_bootstrap(std::span<const Sums> first, std::span<const Sums> second, const Score& score,
                                std::span<const int64_t> blocks = {}, const BootstrapOptions& options = {}) {
  check_paired(first.size(), second.size());
  const std::vector<Sums> a = block_sums(first, blocks), b = block_sums(second, blocks);
  auto statistic = [&](std::span<const size_t> draws) {
    return score(drawn(b, draws)) - score(drawn(a, draws));
  };
  return paired_of(score(sum_of(second)) - score(sum_of(first)), std::ssize(a),
                   resample(std::ssize(a), options, statistic), options.confidence);
}

BootstrapEstimate bootstrap(std::span<const CorpusItem> items, std::span<const int64_t> blocks = {},
                            const BootstrapOptions& options = {});
PairedEstimate paired_bootstrap(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                                std::span<const int64_t> blocks = {}, const BootstrapOptions& options = {});

}  // namespace auris::eval
