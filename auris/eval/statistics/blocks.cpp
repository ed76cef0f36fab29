#include "auris/eval/statistics/blocks.h"

#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {

std::vector<CorpusItem> block_sums(std::span<const CorpusItem> items, std::span<const int64_t> blocks) {
  if (blocks.empty()) return {items.begin(), items.end()};
  if (blocks.size() != items.size()) {
    throw Error(ErrorCode::kUsage, {.where = "statistics",
                                    .expected = fmt::format("a block for each of {} items", items.size()),
                                    .got = fmt::format("{}", blocks.size()),
                                    .hint = ""});
  }
  std::vector<CorpusItem> sums;
  std::unordered_map<int64_t, size_t> numbers;
  for (size_t i = 0; i < items.size(); ++i) {
    const auto [known, fresh] = numbers.try_emplace(blocks[i], sums.size());
    if (fresh) sums.emplace_back();
    sums[known->second] += items[i];
  }
  return sums;
}

CorpusItem sum_of(std::span<const CorpusItem> items) {
  CorpusItem sum;
  for (const CorpusItem& item : items) sum += item;
  return sum;
}

double ratio(const CorpusItem& sum) {
  return sum.denominator == 0 ? std::numeric_limits<double>::quiet_NaN() : sum.numerator / sum.denominator;
}

void check_paired(std::span<const CorpusItem> first, std::span<const CorpusItem> second) {
  if (first.size() == second.size()) return;
  throw Error(ErrorCode::kUsage, {.where = "statistics",
                                  .expected = fmt::format("{} items of the second system too", first.size()),
                                  .got = fmt::format("{}", second.size()),
                                  .hint = "compare systems on the same items, in the same order"});
}

}  // namespace auris::eval
