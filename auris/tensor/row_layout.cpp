#include "auris/tensor/row_layout.h"

#include <cstddef>
#include <numeric>

namespace auris {

std::vector<int32_t> RowLayout::positions() const {
  std::vector<int32_t> positions(static_cast<size_t>(rows()));
  for (const RowSpan& span : spans) {
    auto first = positions.begin() + span.row_begin;
    std::iota(first, first + span.row_count, static_cast<int32_t>(span.position_begin));
  }
  return positions;
}

RowLayout RowLayout::single(int64_t rows, int64_t position_begin, SequenceId sequence) {
  RowLayout layout;
  layout.add(rows, position_begin, sequence);
  return layout;
}

void RowLayout::add(int64_t row_count, int64_t position_begin, SequenceId sequence) {
  spans.push_back({rows(), row_count, position_begin, sequence});
}

}  // namespace auris
