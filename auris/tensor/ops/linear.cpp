#include "auris/tensor/ops/linear.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/rows.h"

namespace auris {

LinearWeights LinearWeights::slice(int64_t begin, int64_t count) const {
  LinearWeights part{.weight = weight.slice_rows(begin, count), .bias = {}, .row_scale = {}};
  if (bias.defined()) part.bias = bias.slice_rows(begin, count);
  if (row_scale.defined()) part.row_scale = row_scale.slice_rows(begin, count);
  part.low_rank = low_rank;
  if (low_rank.b_rows != nullptr) {
    auto first = low_rank.b_rows->begin() + begin;
    part.low_rank.b_rows = std::make_shared<const std::vector<int32_t>>(first, first + count);
  } else if (low_rank.defined()) {
    part.low_rank.b = low_rank.b.slice_rows(begin, count);
  }
  return part;
}

namespace ops {
namespace {

void check_low_rank(std::string_view op, const LinearWeights& w) {
  const LowRank& low = w.low_rank;
  if (!low.defined()) {
    if (low.b.defined()) fail_argument(op, "a low rank with both factors", describe("a", low.a));
    return;
  }
  expect_type(op, "low rank a", low.a, DType::kF32);
  expect_type(op, "low rank b", low.b, DType::kF32);
  expect_cols(op, "low rank a", low.a, w.in());
  expect_cols(op, "low rank b", low.b, low.a.rows());
  if (low.b_rows == nullptr) {
    expect_rows(op, "low rank b", low.b, w.out());
  } else if (static_cast<int64_t>(low.b_rows->size()) != w.out()) {  // their range: by gather_rows
    fail_argument(op, fmt::format("{} rows of b", w.out()), fmt::format("{}", low.b_rows->size()));
  }
}

void check_weights(std::string_view op, const Tensor& x, const LinearWeights& w) {
  expect_type(op, "x", x, DType::kF32);
  if (!w.weight.defined() || w.weight.dtype() == DType::kI32) {
    fail_argument(op, "a weight of float or block type", describe("weight", w.weight));
  }
  if (w.in() != x.cols()) {
    fail_argument(op, fmt::format("a weight with {} columns, as x has", x.cols()),
                  describe("weight", w.weight));
  }
  if (w.bias.defined()) expect_vector(op, "bias", w.bias, w.out());
  if (w.weight.dtype() == DType::kI8) {
    expect_type(op, "row_scale of an i8 weight", w.row_scale, DType::kF32);
    expect_vector(op, "row_scale", w.row_scale, w.out());
  } else if (w.row_scale.defined()) {
    fail_argument(op, "row_scale with an i8 weight only", describe("weight", w.weight));
  }
  check_low_rank(op, w);
}

// y + scale (x A^T) B^T, by the backend's own ops: so every backend has low ranks, with their gradients if it
// has any.
Tensor plus_low_rank(const Tensor& x, const LowRank& low, const Tensor& y) {
  if (!low.defined()) return y;
  Tensor inner = linear(x, {.weight = low.a, .bias = {}, .row_scale = {}});  // [rows, rank]
  if (low.scale != 1.0f) inner = scale(inner, low.scale);
  Tensor b = low.b_rows != nullptr ? gather_rows(low.b, *low.b_rows) : low.b;
  return linear(inner, {.weight = b, .bias = {}, .row_scale = {}},
                {.activation = Activation::kNone, .residual = y});
}

}  // namespace

Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) {
  check_weights("linear", x, w);
  if (options.residual.defined()) {
    expect_type("linear", "residual", options.residual, DType::kF32);
    expect_cols("linear", "residual", options.residual, w.out());
    expect_rows("linear", "residual", options.residual, x.rows());
  }
  Backend& backend = backend_of(x.device());
  if (!w.low_rank.defined()) return backend.linear(x, w, options);
  if (options.activation == Activation::kNone) {
    return plus_low_rank(x, w.low_rank, backend.linear(x, w, options));
  }
  Tensor y = activate(plus_low_rank(x, w.low_rank, backend.linear(x, w, {})), options.activation);
  return options.residual.defined() ? add(y, options.residual) : y;
}

Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k, const LinearWeights& v) {
  for (const LinearWeights* w : {&q, &k, &v}) check_weights("linear_qkv", x, *w);
  Qkv y = backend_of(x.device()).linear_qkv(x, q, k, v);
  return {plus_low_rank(x, q.low_rank, y.q), plus_low_rank(x, k.low_rank, y.k),
          plus_low_rank(x, v.low_rank, y.v)};
}

Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                    Activation activation) {
  check_weights("gated_linear", x, gate);
  check_weights("gated_linear", x, up);
  expect_rows("gated_linear", "up weight", up.weight, gate.out());
  if (gate.low_rank.defined() || up.low_rank.defined()) {
    return multiply(linear(x, gate, {.activation = activation, .residual = {}}), linear(x, up));
  }
  return backend_of(x.device()).gated_linear(x, gate, up, activation);
}

}  // namespace ops
}  // namespace auris
