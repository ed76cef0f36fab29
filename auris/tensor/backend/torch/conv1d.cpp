#include "auris/tensor/ops/conv1d.h"

#include <ATen/ops/conv1d.h>

#include "auris/tensor/backend/torch/activation.h"
#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/span_groups.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {

using torch_backend::factor_of;
using torch_backend::floats_of;

Tensor TorchBackend::conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                            const RowLayout& layout, const Conv1dOptions& options) {
  at::Tensor rows = torch_of(x);
  at::Tensor w = factor_of(floats_of(weight, rows.device())), b = factor_of(floats_of(bias, rows.device()));
  if (layout.spans.empty()) return tensor_of(rows.new_zeros({0, w.size(0)}));
  auto convolve = [&](const torch_backend::SpanGroup& group, const std::vector<at::Tensor>& batches) {
    if (conv1d_rows(group.length, static_cast<int>(w.size(2)), options) == 0) {
      return rows.new_zeros({batches[0].size(0), 0, w.size(0)});
    }
    at::Tensor channels = factor_of(batches[0].transpose(1, 2));  // [spans, in, frames]
    at::Tensor y = at::conv1d(channels, w, b, {options.stride}, {options.padding}).to(at::kFloat);
    return torch_backend::activated(y, options.activation).transpose(1, 2);
  };
  return tensor_of(torch_backend::compute_by_length(layout, {rows}, convolve));
}

}  // namespace auris
