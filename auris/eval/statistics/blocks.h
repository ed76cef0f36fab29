#pragma once
// The parts of a corpus metric, item by item, and their sums by speaker or session: what resampling draws.

#include <cstdint>
#include <span>
#include <vector>

#include "auris/eval/metrics/corpus_item.h"

namespace auris::eval {

// For each item the number of its block, from 0 on in order of appearance; `blocks` are any numbers, one for
// each item (kUsage otherwise), or nothing: every item is its own block.
std::vector<size_t> block_numbers(size_t items, std::span<const int64_t> blocks);

// kUsage unless both systems have as many items.
void check_paired(size_t first_items, size_t second_items);

template <class Sums>
std::vector<Sums> block_sums(std::span<const Sums> items, std::span<const int64_t> blocks) {
  const std::vector<size_t> numbers = block_numbers(items.size(), blocks);
  std::vector<Sums> sums;
  for (size_t i = 0; i < items.size(); ++i) {
    if (numbers[i] == sums.size()) sums.emplace_back();
    sums[numbers[i]] += items[i];
  }
  return sums;
}

template <class Sums>
Sums sum_of(std::span<const Sums> items) {
  Sums sum;
  for (const Sums& item : items) sum += item;
  return sum;
}

}  // namespace auris::eval
