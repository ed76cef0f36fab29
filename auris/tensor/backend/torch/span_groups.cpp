#include "auris/tensor/backend/torch/span_groups.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>

#include <algorithm>

#include "auris/base/error.h"

namespace auris::torch_backend {
namespace {

std::vector<SpanGroup> groups_of(const RowLayout& layout) {
  std::vector<SpanGroup> groups;
  for (size_t i = 0; i < layout.spans.size(); ++i) {
    int64_t length = layout.spans[i].row_count;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [length](const SpanGroup& known) { return known.length == length; });
    if (group == groups.end()) group = groups.insert(group, SpanGroup{.length = length, .spans = {}});
    group->spans.push_back(i);
  }
  return groups;
}

at::Tensor batch_of(const std::vector<at::Tensor>& pieces, const SpanGroup& group) {
  if (group.spans.size() == 1) return pieces[group.spans[0]].unsqueeze(0);
  std::vector<at::Tensor> chosen;
  for (size_t span : group.spans) chosen.push_back(pieces[span]);
  return at::stack(chosen);
}

}  // namespace

at::Tensor compute_by_length(const RowLayout& layout, const std::vector<at::Tensor>& inputs,
                             const GroupFunction& compute) {
  AURIS_CHECK(!layout.spans.empty());
  std::vector<SpanGroup> groups = groups_of(layout);
  std::vector<at::Tensor> batches;
  if (groups.size() == 1) {  // the rows are a batch as they lie
    auto spans = static_cast<int64_t>(layout.spans.size());
    for (const at::Tensor& input : inputs) {
      batches.push_back(input.view({spans, groups[0].length, input.size(1)}));
    }
    return compute(groups[0], batches).flatten(0, 1);
  }
  // One split and one concatenation, whose gradients cost as much: a slice per group would fill the gradient
  // of all rows with zeros for each of them.
  std::vector<int64_t> lengths;
  for (const RowSpan& span : layout.spans) lengths.push_back(span.row_count);
  std::vector<std::vector<at::Tensor>> pieces;
  for (const at::Tensor& input : inputs) pieces.push_back(input.split_with_sizes(lengths, 0));
  std::vector<at::Tensor> results(layout.spans.size());
  for (const SpanGroup& group : groups) {
    batches.clear();
    for (const std::vector<at::Tensor>& of_input : pieces) batches.push_back(batch_of(of_input, group));
    std::vector<at::Tensor> parts = compute(group, batches).unbind(0);
    for (size_t i = 0; i < parts.size(); ++i) results[group.spans[i]] = parts[i];
  }
  return at::cat(results);
}

}  // namespace auris::torch_backend
