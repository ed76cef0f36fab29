#include "auris/generate/whisper/time_warp.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace auris::generate {
namespace {

enum Step : uint8_t { kBoth, kRow, kColumn };

// Cuts a row of weights to the recording, so that it sums to one again.
void renormalise(const Tensor& head, int64_t cols, std::vector<float>& out) {
  const int64_t rows = head.rows();
  out.resize(static_cast<size_t>(rows * cols));
  for (int64_t r = 0; r < rows; ++r) {
    const float* from = head.data<float>() + r * head.cols();
    float* to = out.data() + r * cols;
    double sum = 0;
    for (int64_t c = 0; c < cols; ++c) sum += from[c];
    const double factor = sum > 0 ? 1.0 / sum : 0.0;
    for (int64_t c = 0; c < cols; ++c) to[c] = static_cast<float>(from[c] * factor);
  }
}

// Each column to mean 0 and deviation 1 over the tokens.
void standardise_columns(std::vector<float>& x, int64_t rows, int64_t cols) {
  for (int64_t c = 0; c < cols; ++c) {
    double sum = 0;
    double squares = 0;
    for (int64_t r = 0; r < rows; ++r) sum += x[static_cast<size_t>(r * cols + c)];
    const double mean = sum / static_cast<double>(rows);
    for (int64_t r = 0; r < rows; ++r) {
      const double d = x[static_cast<size_t>(r * cols + c)] - mean;
      squares += d * d;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    const double factor = deviation > 0 ? 1.0 / deviation : 0.0;
    for (int64_t r = 0; r < rows; ++r) {
      float& value = x[static_cast<size_t>(r * cols + c)];
      value = static_cast<float>((value - mean) * factor);
    }
  }
}

}  // namespace

std::vector<float> median_filter(std::span<const float> x, int64_t rows, int64_t cols, int width) {
  std::vector<float> out(x.begin(), x.end());
  const int64_t reach = width / 2;
  if (cols <= reach) return out;
  std::vector<float> around(static_cast<size_t>(width));
  for (int64_t r = 0; r < rows; ++r) {
    const float* from = x.data() + r * cols;
    for (int64_t c = 0; c < cols; ++c) {
      for (int64_t k = -reach; k <= reach; ++k) {
        int64_t at = std::abs(c + k);
        if (at >= cols) at = 2 * (cols - 1) - at;
        around[static_cast<size_t>(k + reach)] = from[at];
      }
      std::nth_element(around.begin(), around.begin() + reach, around.end());
      out[static_cast<size_t>(r * cols + c)] = around[static_cast<size_t>(reach)];
    }
  }
  return out;
}

std::vector<WarpPoint> time_warp(std::span<const float> cost, int64_t rows, int64_t cols) {
  const float infinity = std::numeric_limits<float>::infinity();
  std::vector<float> above(static_cast<size_t>(cols) + 1, infinity);  // total cost of the row above
  std::vector<float> here(static_cast<size_t>(cols) + 1);
  std::vector<Step> steps(static_cast<size_t>((rows + 1) * (cols + 1)));
  above[0] = 0;
  for (int64_t r = 1; r <= rows; ++r) {
    here[0] = infinity;
    for (int64_t c = 1; c <= cols; ++c) {
      const float both = above[static_cast<size_t>(c) - 1];
      const float row = above[static_cast<size_t>(c)];
      const float column = here[static_cast<size_t>(c) - 1];
      Step step = kColumn;
      float least = column;
      if (both < row && both < column) {
        step = kBoth;
        least = both;
      } else if (row < both && row < column) {
        step = kRow;
        least = row;
      }
      here[static_cast<size_t>(c)] = cost[static_cast<size_t>((r - 1) * cols + c - 1)] + least;
      steps[static_cast<size_t>(r * (cols + 1) + c)] = step;
    }
    std::swap(above, here);
  }
  std::vector<WarpPoint> path;
  int64_t r = rows;
  int64_t c = cols;
  while (r > 0 || c > 0) {
    path.push_back({r - 1, c - 1});
    Step step = r == 0 ? kColumn : c == 0 ? kRow : steps[static_cast<size_t>(r * (cols + 1) + c)];
    if (step != kColumn) --r;
    if (step != kRow) --c;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::vector<float> alignment_matrix(const std::vector<Tensor>& heads, const AlignmentOptions& options) {
  AURIS_CHECK(!heads.empty());
  const int64_t rows = heads[0].rows();
  const int64_t cols = std::min(options.audio_rows, heads[0].cols());
  std::vector<float> mean(static_cast<size_t>(rows * cols), 0.0f);
  std::vector<float> one;
  for (const Tensor& head : heads) {
    renormalise(head, cols, one);
    standardise_columns(one, rows, cols);
    one = median_filter(one, rows, cols, options.median_width);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += one[i];
  }
  for (float& x : mean) x /= static_cast<float>(heads.size());
  return mean;
}

}  // namespace auris::generate
