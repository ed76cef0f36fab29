#pragma once
// How the rows of an activation [rows, dim] belong to sequences. All model code works on rows: prefill and
// decode rows of many requests, the beams of one search, the frames of many recordings, all through the same
// forward. There is no padding and there are no masks: attention looks up here which rows see which.

#include <cstdint>
#include <vector>

namespace auris {

using SequenceId = int32_t;
constexpr SequenceId kNoSequence = -1;

// Rows [row_begin, row_begin + row_count) continue one sequence.
struct RowSpan {
  int64_t row_begin = 0;
  int64_t row_count = 0;
  int64_t position_begin = 0;         // position of the first row within its sequence
  SequenceId sequence = kNoSequence;  // its sequence in the KvCache, if one is used
};

constexpr float kUnseenKey = -1e30f;

struct RowLayout {
  std::vector<RowSpan> spans;  // in row order, without gaps

  // Added to every score of a row as a key, after the scale and the soft cap: [rows], or empty for zeros.
  // ln(n) makes a row count as n equal ones; kUnseenKey hides it as long as there is another one to see.
  std::vector<float> key_bias;

  int64_t rows() const { return spans.empty() ? 0 : spans.back().row_begin + spans.back().row_count; }
  std::vector<int32_t> positions() const;  // position of every row, [rows]

  // One sequence of `rows` rows starting at position `position_begin`.
  static RowLayout single(int64_t rows, int64_t position_begin = 0, SequenceId sequence = kNoSequence);
  // Adds a span behind the last row.
  void add(int64_t row_count, int64_t position_begin = 0, SequenceId sequence = kNoSequence);
};

}  // namespace auris
