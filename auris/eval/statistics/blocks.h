#pragma once
// Items of a corpus summed by speaker or session: what resampling draws.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/eval/statistics/bootstrap.h"

namespace auris::eval {

// One sum for each different number in `blocks`, in order of appearance; empty = every item is its own block.
// kUsage if there is not one number for each item.
std::vector<CorpusItem> block_sums(std::span<const CorpusItem> items, std::span<const int64_t> blocks);

CorpusItem sum_of(std::span<const CorpusItem> items);
// Numerators over denominators; NaN if those are 0.
double ratio(const CorpusItem& sum);

// kUsage unless both systems have as many items.
void check_paired(std::span<const CorpusItem> first, std::span<const CorpusItem> second);

}  // namespace auris::eval
