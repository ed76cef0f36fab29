#include "auris/tensor/ops/linear.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris::ops {
namespace {

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
}

}  // namespace

Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) {
  check_weights("linear", x, w);
  if (options.residual.defined()) {
    expect_type("linear", "residual", options.residual, DType::kF32);
    expect_cols("linear", "residual", options.residual, w.out());
    expect_rows("linear", "residual", options.residual, x.rows());
  }
  return backend_of(x.device()).linear(x, w, options);
}

Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k, const LinearWeights& v) {
  for (const LinearWeights* w : {&q, &k, &v}) check_weights("linear_qkv", x, *w);
  return backend_of(x.device()).linear_qkv(x, q, k, v);
}

Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                    Activation activation) {
  check_weights("gated_linear", x, gate);
  check_weights("gated_linear", x, up);
  expect_rows("gated_linear", "up weight", up.weight, gate.out());
  return backend_of(x.device()).gated_linear(x, gate, up, activation);
}

}  // namespace auris::ops
