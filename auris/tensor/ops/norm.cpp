#include "auris/tensor/ops/norm.h"

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris::ops {

Tensor rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) {
  expect_type("rms_norm", "x", x, DType::kF32);
  expect_vector("rms_norm", "weight", weight, x.cols());
  return backend_of(x.device()).rms_norm(x, weight, eps, weight_offset);
}

Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) {
  expect_type("layer_norm", "x", x, DType::kF32);
  expect_vector("layer_norm", "weight", weight, x.cols());
  expect_vector("layer_norm", "bias", bias, x.cols());
  return backend_of(x.device()).layer_norm(x, weight, bias, eps);
}

}  // namespace auris::ops
