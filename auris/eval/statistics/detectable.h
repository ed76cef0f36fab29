#pragma once
// How large a difference an evaluation can see, to be asked before it is run (Card and others 2020, "With
// little power comes great responsibility").

#include <cstdint>
#include <span>

#include "auris/eval/statistics/blocks.h"

namespace auris::eval {

struct PowerOptions {
  double significance = 0.05;  // two-sided: how often equal systems may seem different
  double power = 0.8;          // how often a difference of this size is to be found
};

// The smallest difference of two systems' means over `blocks` independent blocks that a paired comparison
// finds, if the difference of one block deviates by `deviation`. Infinite without blocks; kUsage for shares
// outside (0, 1) or a deviation below 0.
double detectable_difference(double deviation, int64_t blocks, const PowerOptions& options = {});

// The blocks that are needed to find `difference` (above 0).
int64_t blocks_to_detect(double difference, double deviation, const PowerOptions& options = {});

// The deviation of a block's difference between two systems that are right with probability `accuracy` each
// and whose answers correlate (0 = as if by chance): what to assume before anything was measured.
double accuracy_deviation(double accuracy, double correlation = 0.5);

// The same as two systems were once seen on the same items, for any corpus metric (ratio of sums,
// linearised), in the metric's own unit. Below two blocks it is not known: NaN. `blocks` as for bootstrap().
double seen_deviation(std::span<const CorpusItem> first, std::span<const CorpusItem> second,
                      std::span<const int64_t> blocks = {});

}  // namespace auris::eval
