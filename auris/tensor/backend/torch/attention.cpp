#include "auris/tensor/ops/attention.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>

#include <limits>
#include <optional>

#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/span_groups.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {
namespace {

using torch_backend::factor_of;
using torch_backend::SpanGroup;

// [spans, length, heads * head_dim] -> [spans, heads, length, head_dim]
at::Tensor heads_of(const at::Tensor& rows, int64_t heads, int64_t head_dim) {
  return rows.view({rows.size(0), rows.size(1), heads, head_dim}).transpose(1, 2);
}

// [spans, 1, 1, length] from the layout's key biases; undefined if it has none.
at::Tensor key_bias_of(const RowLayout& layout, const SpanGroup& group, at::Device device) {
  if (layout.key_bias.empty()) return {};
  std::vector<float> biases;
  for (size_t span : group.spans) {
    auto first = layout.key_bias.begin() + layout.spans[span].row_begin;
    biases.insert(biases.end(), first, first + group.length);
  }
  auto spans = static_cast<int64_t>(group.spans.size());
  return at::from_blob(biases.data(), {spans, 1, 1, group.length}, at::kFloat).clone().to(device);
}

// [length, length]: -inf where a row must not look.
at::Tensor mask_of(int64_t length, const AttentionSpec& spec, at::Device device) {
  at::Tensor position = at::arange(length, at::TensorOptions(at::kLong).device(device));
  at::Tensor distance = position.unsqueeze(1) - position;  // from a key up to the row that asks
  at::Tensor mask = at::zeros({length, length}, at::TensorOptions(at::kFloat).device(device));
  constexpr float kHidden = -std::numeric_limits<float>::infinity();
  if (spec.causal) mask.masked_fill_(distance < 0, kHidden);
  if (spec.window > 0) mask.masked_fill_(distance >= spec.window, kHidden);
  return mask;
}

// What torch's fused attention does, with the soft cap, which it does not know.
at::Tensor attend_capped(const at::Tensor& q, at::Tensor k, at::Tensor v, const at::Tensor& bias,
                         const AttentionSpec& spec) {
  int64_t group = spec.heads / spec.kv_heads;
  if (group > 1) {
    k = k.repeat_interleave(group, 1);
    v = v.repeat_interleave(group, 1);
  }
  at::Tensor scores = at::matmul(q, k.transpose(-1, -2)).to(at::kFloat) * spec.scale;
  scores = (scores / spec.softcap).tanh() * spec.softcap;
  if (bias.defined()) scores = scores + bias;
  return at::matmul(factor_of(at::softmax(scores, -1)), v);
}

// q [spans, heads, length, head_dim], k and v [spans, kv_heads, length, head_dim] -> like q
at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const at::Tensor& key_bias,
                  const AttentionSpec& spec) {
  bool masked = spec.window > 0 || (spec.causal && (key_bias.defined() || spec.softcap > 0.0f));
  at::Tensor bias = key_bias;
  if (masked) {
    at::Tensor mask = mask_of(q.size(2), spec, q.device());
    bias = bias.defined() ? bias + mask : mask;
  }
  if (spec.softcap > 0.0f) return attend_capped(q, k, v, bias, spec);
  std::optional<at::Tensor> added;
  if (bias.defined()) added = factor_of(bias);
  return at::scaled_dot_product_attention(q, k, v, added, 0.0, spec.causal && !masked, spec.scale,
                                          spec.heads != spec.kv_heads);
}

}  // namespace

Tensor TorchBackend::attention(const Tensor& q, const Tensor& k, const Tensor& v, const RowLayout& layout,
                               const AttentionSpec& spec) {
  at::Tensor queries = torch_of(q);
  at::Device device = queries.device();
  if (q.rows() == 0) return tensor_of(queries.new_zeros(queries.sizes()));
  auto compute = [&](const SpanGroup& group, const std::vector<at::Tensor>& batches) {
    if (group.length == 0) return batches[0];
    at::Tensor heads = attend(factor_of(heads_of(batches[0], spec.heads, spec.head_dim)),
                              factor_of(heads_of(batches[1], spec.kv_heads, spec.head_dim)),
                              factor_of(heads_of(batches[2], spec.kv_heads, spec.head_dim)),
                              key_bias_of(layout, group, device), spec);
    return heads.transpose(1, 2).to(at::kFloat).flatten(2);
  };
  std::vector<at::Tensor> inputs = {queries, torch_backend::floats_of(k, device),
                                    torch_backend::floats_of(v, device)};
  for (at::Tensor& input : inputs) input = input.flatten(0, -2);
  return tensor_of(torch_backend::compute_by_length(layout, inputs, compute).view(queries.sizes()));
}

}  // namespace auris
