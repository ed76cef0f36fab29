#pragma once
// Confidence intervals and comparisons of corpus metrics by resampling with replacement (Efron 1979; for word
// error rates Bisani and Ney 2004). What is drawn are blocks, not utterances: those of one speaker or one
// session err together, and drawing them one by one makes intervals too narrow (Liu and others 2019, arXiv
// 1912.09508).

#include <cstdint>
#include <span>

namespace auris::eval {

// One item's part of a corpus metric, which is the sum of numerators over the sum of denominators: errors and
// words for an error rate; 1 or 0 and 1 for an accuracy; a score and 1 for a mean.
struct CorpusItem {
  double numerator = 0;
  double denominator = 0;

  CorpusItem& operator+=(const CorpusItem& other);
};

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
  double value = 0;  // of the corpus as it is; NaN if all denominators are 0
  Interval interval;
  int64_t blocks = 0;
};

// `blocks` holds the block of every item (any numbers); empty = every item is its own. A single block cannot
// be resampled: no interval (NaN). Throws kUsage for lists of different lengths, fewer than 100 resamples or
// a confidence outside (0, 1).
BootstrapEstimate bootstrap(std::span<const CorpusItem> items, std::span<const int64_t> blocks = {},
                            const BootstrapOptions& options = {});

struct PairedEstimate {
  double difference = 0;  // second minus first
  Interval interval;      // of the difference; 0 outside means that they differ
  // Share of the resamples in which the second is lower, ties counted half: for error rates the probability
  // that the second is an improvement.
  double probability_lower = 0;
  int64_t blocks = 0;
};

// Two systems on the same items, in the same order: each resample draws the same blocks for both.
PairedEstimate paired_bootstrap(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                                std::span<const int64_t> blocks = {}, const BootstrapOptions& options = {});

}  // namespace auris::eval
