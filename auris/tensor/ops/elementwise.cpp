#include "auris/tensor/ops/elementwise.h"

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris::ops {
namespace {

void check_pair(std::string_view op, const Tensor& x, const Tensor& y) {
  expect_type(op, "x", x, DType::kF32);
  expect_float(op, "y", y);
  bool one_row = y.cols() == x.cols() && y.elements() == x.cols();
  if (y.shape() == x.shape() || one_row) return;
  fail_argument(op, "y of x's shape " + x.shape().to_string() + " or one row of it", describe("y", y));
}

}  // namespace

Tensor add(const Tensor& x, const Tensor& y) {
  check_pair("add", x, y);
  return backend_of(x.device()).add(x, y);
}

Tensor multiply(const Tensor& x, const Tensor& y) {
  check_pair("multiply", x, y);
  return backend_of(x.device()).multiply(x, y);
}

Tensor scale(const Tensor& x, float factor) {
  expect_type("scale", "x", x, DType::kF32);
  return backend_of(x.device()).scale(x, factor);
}

Tensor activate(const Tensor& x, Activation activation) {
  expect_type("activate", "x", x, DType::kF32);
  return backend_of(x.device()).activate(x, activation);
}

Tensor to_f32(const Tensor& x, const Tensor& row_scale) {
  if (!x.defined()) fail_argument("to_f32", "a tensor", describe("x", x));
  if (row_scale.defined()) {
    expect_type("to_f32", "x with a row_scale", x, DType::kI8);
    expect_type("to_f32", "row_scale", row_scale, DType::kF32);
    expect_vector("to_f32", "row_scale", row_scale, x.rows());
  }
  return backend_of(x.device()).to_f32(x, row_scale);
}

Tensor log_softmax(const Tensor& x) {
  expect_type("log_softmax", "x", x, DType::kF32);
  return backend_of(x.device()).log_softmax(x);
}

}  // namespace auris::ops
