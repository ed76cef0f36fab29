#pragma once
// How a product of many rows is cut into blocks.

#include <algorithm>

#include "auris/tensor/backend/cpu/product.h"

namespace auris::cpu {

constexpr int64_t kManyCols =
    64;  // weight rows of a task: its panel of 64 x kMaxDepth floats fits the second-level cache
constexpr int64_t kMaxDepth =
    576;  // columns multiplied before sums go back to memory: a tile of x stays in the first level

struct ManyRowsPlan {
  int64_t tile_rows = 0;
  int64_t padded_cols = 0;  // columns rounded up to runs of 32
  int64_t depth = 0;        // columns of a step, a multiple of 32; the last step may have fewer
  int64_t group_tiles = 0;  // tiles of x rows in a task

  int64_t tile_floats() const { return tile_rows * padded_cols; }
};

inline ManyRowsPlan plan_many_rows(const InputRows& input, int64_t tile_rows) {
  ManyRowsPlan plan;
  plan.tile_rows = tile_rows;
  plan.padded_cols = std::max<int64_t>(32, (input.cols + 31) / 32 * 32);
  int64_t steps = (plan.padded_cols + kMaxDepth - 1) / kMaxDepth;
  plan.depth = ((plan.padded_cols + steps - 1) / steps + 31) / 32 * 32;
  plan.group_tiles = 252 / tile_rows;  // of 252 rows: decoding the panel is then some percent of the work
  return plan;
}

}  // namespace auris::cpu
