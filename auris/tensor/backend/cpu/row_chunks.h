#pragma once
// Work that goes row by row, on several threads when it is large.

#include <algorithm>
#include <cstdint>

#include "auris/base/thread_pool.h"

namespace auris::cpu {

constexpr int64_t kChunkElements = 16 << 10;  // some microseconds of simple work

// Calls body(first_row, row_count) until all rows are done.
template <typename Body>
void for_row_chunks(int64_t rows, int64_t cols, const Body& body) {
  if (rows == 0) return;
  if (rows * cols <= 2 * kChunkElements) return body(int64_t{0}, rows);
  int64_t at_once = std::max<int64_t>(1, kChunkElements / std::max<int64_t>(1, cols));
  parallel_for((rows + at_once - 1) / at_once,
               [&](int64_t i) { body(i * at_once, std::min(at_once, rows - i * at_once)); });
}

}  // namespace auris::cpu
