// Products of many rows (prompts, encoders): blocked matrix multiplication. Panels of weights are decoded
// into scratch just before they are used by all rows of a group.

#include <algorithm>

#include "auris/base/thread_pool.h"
#include "auris/tensor/backend/cpu/halves.h"
#include "auris/tensor/backend/cpu/many_rows.h"
#include "auris/tensor/backend/cpu/scratch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/many_rows.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/epilogue-inl.h"
#include "auris/tensor/backend/cpu/tile-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

int64_t tile_rows() { return kTileRows; }

// A row of a convolution, written into its column of the packed tile.
HWY_INLINE void pack_window(const InputRows& input, int64_t row, int64_t k0, int64_t depth,
                            float* HWY_RESTRICT to) {
  const int64_t channels = input.cols / input.kernel;
  for (int64_t tap = 0; tap < input.kernel; ++tap) {
    const int64_t frame = row * input.stride - input.padding + tap;
    const bool inside = frame >= 0 && frame < input.frames;
    const float* x = input.x + (inside ? frame * channels : 0);
    // Element `in` of the frame is column in * kernel + tap.
    const int64_t first = (k0 - tap + input.kernel - 1) / input.kernel;
    const int64_t last = HWY_MIN(channels, (k0 + depth - tap + input.kernel - 1) / input.kernel);
    for (int64_t in = HWY_MAX(first, int64_t{0}); in < last; ++in) {
      to[(in * input.kernel + tap - k0) * kTileRows] = inside ? x[in] : 0.0f;
    }
  }
  for (int64_t k = HWY_MAX(input.cols, k0); k < k0 + depth; ++k) to[(k - k0) * kTileRows] = 0.0f;
}

// Tile `tile` of the rows, all columns: step after step of plan.depth columns.
void pack_input_tile(const InputRows& input, const ManyRowsPlan& plan, int64_t tile, float* to) {
  const int64_t row = tile * kTileRows;
  const int rows = static_cast<int>(HWY_MIN(int64_t{kTileRows}, input.rows - row));
  for (int64_t k0 = 0; k0 < plan.padded_cols; k0 += plan.depth) {
    const int64_t depth = HWY_MIN(plan.depth, plan.padded_cols - k0);
    if (input.kernel == 0) {
      pack_rows(input.x + row * input.cols, input.cols, rows, input.cols, k0, depth, to + k0 * kTileRows);
    } else {
      for (int r = 0; r < rows; ++r) pack_window(input, row + r, k0, depth, to + k0 * kTileRows + r);
    }
  }
}

// One tile of sums, of which only `cols` columns exist.
HWY_INLINE void run_tile(int rows, int64_t cols, const float* a, const float* b, int64_t depth, float* c,
                         int64_t c_step, bool add) {
  const GemmTile tile = gemm_tile_of(rows);
  if (cols >= kTileCols) return tile(a, b, depth, c, c_step, add);
  alignas(64) float part[kTileRows * kTileCols];
  for (int r = 0; add && r < rows; ++r) std::copy_n(c + r * c_step, cols, part + r * kTileCols);
  tile(a, b, depth, part, kTileCols, add);
  for (int r = 0; r < rows; ++r) std::copy_n(part + r * kTileCols, cols, c + r * c_step);
}

// Decodes the panels of columns [column, column + cols) for one step, one panel of kTileCols behind the
// other.
HWY_INLINE void pack_panels(const WeightRows& weights, int64_t in, int64_t out, int64_t column, int64_t cols,
                            int64_t k0, int64_t depth, const float* halves, float* to) {
  with_type(weights.dtype, [&]<DType kType>() HWY_ATTR {
    for (int64_t c = 0; c < cols; c += kTileCols) {
      pack_weights<kType>(weights.data, weights.row_bytes, column + c, out, in, k0, depth, halves,
                          to + c * depth);
    }
  });
}

// Columns [column, column + kManyCols) of the result for `tiles` tiles of rows from `row` on. A gated product
// computes its other half into scratch.
void multiply_many_task(const float* packed, const InputRows& input, const ManyRowsPlan& plan,
                        const Product& product, int64_t row, int64_t tiles, int64_t column,
                        const float* halves) {
  const int64_t cols = HWY_MIN(kManyCols, product.out - column);
  const bool gated = product.up.data != nullptr;
  float* panels = scratch(Purpose::kPackedWeights, kManyCols * plan.depth * (gated ? 2 : 1));
  float* up_panels = panels + kManyCols * plan.depth;
  float* up = gated ? scratch(Purpose::kSecondResult, tiles * kTileRows * kManyCols) : nullptr;
  for (int64_t k0 = 0; k0 < plan.padded_cols; k0 += plan.depth) {
    const int64_t depth = HWY_MIN(plan.depth, plan.padded_cols - k0);
    const bool last = k0 + depth == plan.padded_cols;
    pack_panels(product.weights, input.cols, product.out, column, cols, k0, depth, halves, panels);
    if (gated) pack_panels(product.up, input.cols, product.out, column, cols, k0, depth, halves, up_panels);
    for (int64_t t = 0; t < tiles; ++t) {
      const float* a = packed + t * plan.tile_floats() + k0 * kTileRows;
      const int64_t first = row + t * kTileRows;
      const int rows = static_cast<int>(HWY_MIN(int64_t{kTileRows}, input.rows - first));
      for (int64_t c = 0; c < cols; c += kTileCols) {
        const int64_t width = HWY_MIN(kTileCols, cols - c);
        float* y = product.y + first * product.out + column + c;
        float* other = up + t * kTileRows * kManyCols + c;
        run_tile(rows, width, a, panels + c * depth, depth, y, product.out, k0 > 0);
        if (gated) run_tile(rows, width, a, up_panels + c * depth, depth, other, kManyCols, k0 > 0);
        if (!last || !has_epilogue(product)) continue;
        for (int r = 0; r < rows; ++r) {
          finish_row(product, first + r, column + c, width, y + r * product.out,
                     gated ? other + r * kManyCols : nullptr);
        }
      }
    }
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris::cpu {

HWY_EXPORT(pack_input_tile);
HWY_EXPORT(multiply_many_task);
HWY_EXPORT(tile_rows);

// Rows of x that are packed at once: bounds the memory for them.
constexpr int64_t kInputFloats = int64_t{3} << 20;

void multiply_many(const InputRows& input, std::span<const Product> products) {
  const float* halves = half_values();
  int64_t tile_rows = HWY_DYNAMIC_DISPATCH(tile_rows)();
  ManyRowsPlan plan = plan_many_rows(input, tile_rows);
  int64_t tiles = (input.rows + tile_rows - 1) / tile_rows;
  int64_t tiles_at_once = std::clamp<int64_t>(kInputFloats / (plan.padded_cols * tile_rows), 1, tiles);
  float* packed = scratch(Purpose::kPackedInput, tiles_at_once * tile_rows * plan.padded_cols);
  auto pack = HWY_DYNAMIC_DISPATCH(pack_input_tile);
  auto kernel = HWY_DYNAMIC_DISPATCH(multiply_many_task);
  for (int64_t first = 0; first < tiles; first += tiles_at_once) {
    int64_t count = std::min(tiles_at_once, tiles - first);
    parallel_for(count,
                 [&](int64_t tile) { pack(input, plan, first + tile, packed + tile * plan.tile_floats()); });
    int64_t groups = (count + plan.group_tiles - 1) / plan.group_tiles;
    std::array<int64_t, kMaxProducts> counts{};
    int64_t total = 0;
    for (size_t i = 0; i < products.size(); ++i)
      total += counts[i] = (products[i].out + kManyCols - 1) / kManyCols;
    parallel_for(total * groups, [&](int64_t i) {
      Part part = part_of(counts, i % total);
      int64_t begin = i / total * plan.group_tiles;
      int64_t end = std::min(count, begin + plan.group_tiles);
      kernel(packed + begin * plan.tile_floats(), input, plan, products[part.product],
             (first + begin) * tile_rows, end - begin, part.index * kManyCols, halves);
    });
  }
}

}  // namespace auris::cpu
#endif
