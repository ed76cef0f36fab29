#pragma once
// Spans of one length are computed together, as a batch without padding; spans of a length of their own
// alone.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "auris/tensor/row_layout.h"

namespace auris::torch_backend {

struct SpanGroup {
  int64_t length = 0;         // rows of each span
  std::vector<size_t> spans;  // indices into RowLayout::spans
};

// From the rows of a group's spans in each input, [spans, length, columns], to [spans, new length, new
// columns].
using GroupFunction =
    std::function<at::Tensor(const SpanGroup& group, const std::vector<at::Tensor>& batches)>;

// Applies `compute` to each group of the spans of `inputs`, [rows, columns] each, and puts the results in the
// order of the spans: [new rows, new columns]. The layout has at least one span; spans may be empty.
at::Tensor compute_by_length(const RowLayout& layout, const std::vector<at::Tensor>& inputs,
                             const GroupFunction& compute);

}  // namespace auris::torch_backend
