#include "auris/tensor/ops/rows.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/embedding.h>

#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/span_groups.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {

using torch_backend::floats_of;
using torch_backend::indices_of;
using torch_backend::SpanGroup;

namespace {

at::Tensor rows_of(const Tensor& x) { return torch_of(x).view({x.rows(), x.cols()}); }

}  // namespace

Tensor TorchBackend::embedding(const Tensor& table, std::span<const int32_t> ids) {
  at::Tensor rows = rows_of(table);
  return tensor_of(at::embedding(rows, indices_of(ids, rows.device())).to(at::kFloat));
}

Tensor TorchBackend::gather_rows(const Tensor& x, std::span<const int32_t> indices) {
  at::Tensor rows = rows_of(x);
  return tensor_of(rows.index_select(0, indices_of(indices, rows.device())));
}

Tensor TorchBackend::place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) {
  at::Tensor into = rows_of(base);
  at::Tensor placed = into.index_copy(0, indices_of(indices, into.device()),
                                      floats_of(rows, into.device()).view({rows.rows(), rows.cols()}));
  return tensor_of(placed.view(torch_backend::sizes_of(base.shape())));
}

Tensor TorchBackend::concat_rows(const Tensor& x, const Tensor& y) {
  at::Tensor above = rows_of(x);
  return tensor_of(at::cat({above, floats_of(y, above.device()).view({y.rows(), y.cols()})}));
}

Tensor TorchBackend::stack_rows(const Tensor& x, const RowLayout& layout, int factor) {
  at::Tensor rows = rows_of(x);
  int64_t wide = x.cols() * factor;
  if (layout.spans.empty()) return tensor_of(rows.new_zeros({0, wide}));
  auto stack = [&](const SpanGroup& group, const std::vector<at::Tensor>& batches) {
    int64_t groups = (group.length + factor - 1) / factor;
    at::Tensor filled = at::constant_pad_nd(batches[0], {0, 0, 0, groups * factor - group.length});
    return filled.view({batches[0].size(0), groups, wide});
  };
  return tensor_of(torch_backend::compute_by_length(layout, {rows}, stack));
}

Tensor TorchBackend::average_rows(const Tensor& x, const RowLayout& layout, int factor) {
  at::Tensor rows = rows_of(x);
  if (layout.spans.empty()) return tensor_of(rows.new_zeros({0, x.cols()}));
  auto average = [&](const SpanGroup& group, const std::vector<at::Tensor>& batches) {
    int64_t groups = group.length / factor;
    return batches[0].narrow(1, 0, groups * factor).unflatten(1, {groups, factor}).mean(2);
  };
  return tensor_of(torch_backend::compute_by_length(layout, {rows}, average));
}

}  // namespace auris
