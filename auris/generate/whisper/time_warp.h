#pragma once
// Lines up tokens with audio rows: dynamic time warping over the attention of the alignment heads, as
// openai-whisper's timing.py does it.

#include <span>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris::generate {

// Median of `width` (odd) neighbours along each row of x [rows, cols], edges reflected. Rows no longer than
// width / 2 come back unchanged.
std::vector<float> median_filter(std::span<const float> x, int64_t rows, int64_t cols, int width);

struct WarpPoint {
  int64_t row = 0;
  int64_t col = 0;
};

// The path of least cost through cost [rows, cols] from the first to the last corner; steps go one row, one
// column or both further.
std::vector<WarpPoint> time_warp(std::span<const float> cost, int64_t rows, int64_t cols);

struct AlignmentOptions {
  int64_t audio_rows = 0;  // of the window, the padding left out
  int median_width = 7;
};

// Per-head weights [tokens, rows] (softmax over all rows) -> one matrix [tokens, audio_rows]: cut to the
// recording, normalised per row again, standardised over the tokens, median filtered, averaged over the
// heads.
std::vector<float> alignment_matrix(const std::vector<Tensor>& heads, const AlignmentOptions& options);

}  // namespace auris::generate
