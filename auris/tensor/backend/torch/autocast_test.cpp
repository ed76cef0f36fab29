#include "auris/tensor/backend/torch/autocast.h"

#include <gtest/gtest.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/float16.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::random_f32;
using torch_backend::Autocast;

constexpr double kBf16 = 1.0 / 256.0;  // half a unit in the last of 8 bits

Tensor rounded(const Tensor& x) {
  Tensor y = Tensor::empty(x.shape());
  for (int64_t i = 0; i < x.elements(); ++i) {
    y.data<float>()[i] = bf16_to_f32(f32_to_bf16(x.data<float>()[i]));
  }
  return y;
}

TEST(Autocast, RoundsFactorsAndWidensResults) {
  Rng rng(1);
  for (Device device : test::devices_under_test()) {
    Tensor x = random_f32(rng, {7, 96}), w = random_f32(rng, {33, 96}, 0.1f);
    Tensor there = to_device(x, device), weight = to_device(w, device);
    Tensor exact = ops::linear(there, {.weight = weight, .bias = {}, .row_scale = {}});
    Tensor expected = ops::linear(rounded(x), {.weight = rounded(w), .bias = {}, .row_scale = {}});
    Autocast mixed;
    Tensor y = ops::linear(there, {.weight = weight, .bias = {}, .row_scale = {}});
    EXPECT_EQ(y.dtype(), DType::kF32);
    EXPECT_LE(difference(y, expected), kBf16);  // the result is rounded too
    EXPECT_GT(difference(y, exact), 1e-5);
    EXPECT_EQ(torch_of(weight).scalar_type(), at::kFloat);
  }
}

TEST(Autocast, EndsWithItsScope) {
  EXPECT_FALSE(torch_backend::is_autocasting());
  {
    Autocast mixed;
    EXPECT_TRUE(torch_backend::is_autocasting());
    {
      Autocast off(false);
      EXPECT_FALSE(torch_backend::is_autocasting());
    }
    EXPECT_TRUE(torch_backend::is_autocasting());
  }
  EXPECT_FALSE(torch_backend::is_autocasting());
}

TEST(Autocast, LeavesNormsAndMasterWeightsAlone) {
  Rng rng(2);
  for (Device device : test::devices_under_test()) {
    Tensor x = to_device(random_f32(rng, {6, 64}), device), w = to_device(random_f32(rng, {64}), device);
    Tensor weight = to_device(random_f32(rng, {64, 64}, 0.1f), device);
    AttentionSpec spec{.heads = 4, .kv_heads = 4, .head_dim = 16, .scale = 0.25f};
    torch_of(weight).requires_grad_(true);
    auto gradient = [&] {
      torch_of(weight).mutable_grad() = at::Tensor();
      Tensor q = ops::linear(x, {.weight = weight, .bias = {}, .row_scale = {}});
      torch_of(ops::attention(q, x, x, RowLayout::single(6), spec)).square().sum().backward();
      return tensor_of(torch_of(weight).grad().clone());
    };
    Tensor norm = ops::rms_norm(x, w, 1e-6f), exact = gradient();
    Autocast mixed;
    EXPECT_EQ(difference(ops::rms_norm(x, w, 1e-6f), norm), 0.0);
    Tensor rough = gradient();
    EXPECT_EQ(rough.dtype(), DType::kF32);
    EXPECT_LE(difference(rough, exact), 4 * kBf16);
    EXPECT_GT(difference(rough, exact), 0.0);
  }
}

}  // namespace
}  // namespace auris
