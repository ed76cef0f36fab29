#include "auris/eval/statistics/blocks.h"

#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::eval {

std::vector<size_t> block_numbers(size_t items, std::span<const int64_t> blocks) {
  std::vector<size_t> numbers(items);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  if (blocks.empty()) return numbers;
  if (blocks.size() != items) {
    throw Error(ErrorCode::kUsage, {.where = "statistics",
                                    .expected = fmt::format("a block for each of {} items", items),
                                    .got = fmt::format("{}", blocks.size()),
                                    .hint = ""});
  }
  std::unordered_map<int64_t, size_t> known;
  for (size_t i = 0; i < items; ++i) numbers[i] = known.try_emplace(blocks[i], known.size()).first->second;
  return numbers;
}

void check_paired(size_t first_items, size_t second_items) {
  if (first_items == second_items) return;
  throw Error(ErrorCode::kUsage, {.where = "statistics",
                                  .expected = fmt::format("{} items of the second system too", first_items),
                                  .got = fmt::format("{}", second_items),
                                  .hint = "compare systems on the same items, in the same order"});
}

}  // namespace auris::eval
