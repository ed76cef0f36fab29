// Gradients of every op, against central differences of the plain backend, whose sums are in double:
// independent of torch, and of the formulas in this folder.

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/ops/rope.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::random_f32;

using Inputs = std::vector<Tensor>;
using Op = std::function<Tensor(const Inputs& inputs)>;

// Differences over four points are off by kStep^4 / 30 of the fifth derivative, and by the rounding of f32
// results, about 1e-7 / kStep.
constexpr float kStep = 0x1p-6f;  // a power of two, so that most points are exact
constexpr double kTolerance = 2e-4;

Inputs trainable(const Inputs& inputs, Device device) {
  Inputs leaves;
  for (const Tensor& input : inputs) {
    leaves.push_back(to_device(input, device));
    torch_of(leaves.back()).requires_grad_(true);
  }
  return leaves;
}

// Of sum(weights * y) with respect to the leaves.
Inputs gradients(const Tensor& y, const Tensor& weights, const Inputs& leaves) {
  (torch_of(y) * torch_of(to_device(weights, y.device()))).sum().backward();
  Inputs result;
  for (const Tensor& leaf : leaves) result.push_back(tensor_of(torch_of(leaf).grad()));
  return result;
}

double weighted_sum(const Tensor& y, const Tensor& weights) {
  double sum = 0.0;
  for (int64_t i = 0; i < y.elements(); ++i) {
    sum += static_cast<double>(y.data<float>()[i]) * static_cast<double>(weights.data<float>()[i]);
  }
  return sum;
}

Inputs differences(const Op& op, const Inputs& inputs, const Tensor& weights) {
  Inputs points, result;
  for (const Tensor& input : inputs) {
    points.push_back(Tensor::from(input.span<float>(), input.shape(), Device::kPlain));
  }
  for (Tensor& point : points) {
    Tensor slopes = Tensor::empty(point.shape());
    for (int64_t i = 0; i < point.elements(); ++i) {
      float& x = point.data<float>()[i];
      const float here = x;
      auto rise = [&](float step) {
        x = here + step;
        double above = weighted_sum(op(points), weights);
        x = here - step;
        double below = weighted_sum(op(points), weights);
        x = here;
        return above - below;
      };
      double slope = (8.0 * rise(kStep) - rise(2.0f * kStep)) / (12.0 * static_cast<double>(kStep));
      slopes.data<float>()[i] = static_cast<float>(slope);
    }
    result.push_back(slopes);
  }
  return result;
}

void expect_gradients(const Op& op, const Inputs& inputs, const std::string& what = "") {
  for (Device device : test::devices_under_test()) {
    Rng rng(77);
    Inputs leaves = trainable(inputs, device);
    Tensor y = op(leaves), weights = random_f32(rng, y.shape());
    Inputs ours = gradients(y, weights, leaves), expected = differences(op, inputs, weights);
    for (size_t i = 0; i < inputs.size(); ++i) {
      EXPECT_LE(difference(ours[i], expected[i]), kTolerance) << what << " input " << i;
    }
  }
}

LinearWeights bare(const Tensor& weight) { return {.weight = weight, .bias = {}, .row_scale = {}}; }

RowLayout ragged() {
  RowLayout layout;
  for (int64_t rows : {3, 1, 0, 3, 2}) layout.add(rows);
  return layout;
}

TEST(Gradient, Linear) {
  Rng rng(1);
  Inputs inputs = {random_f32(rng, {3, 8}), random_f32(rng, {5, 8}, 0.5f), random_f32(rng, {5}),
                   random_f32(rng, {3, 5})};
  for (Activation activation :
       {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kSilu}) {
    expect_gradients(
        [&](const Inputs& in) {
          return ops::linear(in[0], {.weight = in[1], .bias = in[2], .row_scale = {}},
                             {.activation = activation, .residual = in[3]});
        },
        inputs);
  }
}

TEST(Gradient, GatedLinearAndQkv) {
  Rng rng(2);
  Inputs inputs = {random_f32(rng, {4, 6}), random_f32(rng, {5, 6}, 0.5f), random_f32(rng, {5, 6}, 0.5f)};
  expect_gradients(
      [](const Inputs& in) { return ops::gated_linear(in[0], bare(in[1]), bare(in[2]), Activation::kSilu); },
      inputs);
  expect_gradients(
      [](const Inputs& in) {
        ops::Qkv qkv = ops::linear_qkv(in[0], bare(in[1]), bare(in[2]), bare(in[1]));
        return ops::add(ops::multiply(qkv.q, qkv.k), qkv.v);
      },
      inputs);
}

AttentionSpec spec_of(bool causal, int64_t window, float softcap) {
  return {.heads = 4,
          .kv_heads = 2,
          .head_dim = 3,
          .scale = 0.6f,
          .causal = causal,
          .window = window,
          .softcap = softcap};
}

TEST(Gradient, Attention) {
  Rng rng(3);
  Inputs inputs = {random_f32(rng, {9, 12}), random_f32(rng, {9, 6}), random_f32(rng, {9, 6})};
  for (bool biased : {false, true}) {
    RowLayout layout = ragged();
    if (biased) layout.key_bias = {0, 1, kUnseenKey, 0, 0.5f, 0, 0, -1, kUnseenKey};
    for (AttentionSpec spec :
         {spec_of(false, 0, 0), spec_of(true, 0, 0), spec_of(true, 2, 0), spec_of(true, 2, 3)}) {
      expect_gradients([&](const Inputs& in) { return ops::attention(in[0], in[1], in[2], layout, spec); },
                       inputs, std::to_string(biased) + std::to_string(spec.window));
    }
  }
}

// What a span's rows learn does not depend on the spans beside it.
TEST(Gradient, PackedSpansEqualTheSameSpansAlone) {
  Rng rng(4);
  AttentionSpec spec{.heads = 6, .kv_heads = 2, .head_dim = 32, .scale = 0.2f};
  RowLayout layout;
  for (int64_t rows : {40, 7, 40, 65, 7}) layout.add(rows);
  Inputs inputs = {random_f32(rng, {159, 192}), random_f32(rng, {159, 64}), random_f32(rng, {159, 64})};
  Tensor weights = random_f32(rng, {159, 192});
  for (Device device : test::devices_under_test()) {
    Inputs packed = trainable(inputs, device);
    Inputs together =
        gradients(ops::attention(packed[0], packed[1], packed[2], layout, spec), weights, packed);
    for (const RowSpan& span : layout.spans) {
      Inputs cut;
      for (const Tensor& input : inputs) cut.push_back(input.slice_rows(span.row_begin, span.row_count));
      Inputs single = trainable(cut, device);
      Tensor y = ops::attention(single[0], single[1], single[2], RowLayout::single(span.row_count), spec);
      Inputs alone = gradients(y, weights.slice_rows(span.row_begin, span.row_count), single);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_LE(difference(together[i].slice_rows(span.row_begin, span.row_count), alone[i]), 2e-6);
      }
    }
  }
}

TEST(Gradient, Norms) {
  Rng rng(5);
  Inputs inputs = {random_f32(rng, {3, 10}), random_f32(rng, {10}), random_f32(rng, {10})};
  expect_gradients([](const Inputs& in) { return ops::add(ops::rms_norm(in[0], in[1], 1e-5f, 1.0f), in[2]); },
                   inputs);
  expect_gradients([](const Inputs& in) { return ops::layer_norm(in[0], in[1], in[2], 1e-5f); }, inputs);
}

TEST(Gradient, Rope) {
  Rng rng(6);
  for (RopeStyle style : {RopeStyle::kHalves, RopeStyle::kInterleaved}) {
    RopeSpec spec{.head_dim = 6, .inverse_frequencies = {1.0f, 0.1f}, .magnitude = 1.3f, .style = style};
    expect_gradients(
        [&](const Inputs& in) {
          return ops::rope(in[0], std::vector<int32_t>{0, 7, 100}, spec);
        },
        {random_f32(rng, {3, 12})});
  }
}

TEST(Gradient, Conv1d) {
  Rng rng(7);
  for (int stride : {1, 2}) {
    expect_gradients(
        [&](const Inputs& in) {
          return ops::conv1d(in[0], in[1], in[2], ragged(),
                             {.stride = stride, .padding = 1, .activation = Activation::kGelu});
        },
        {random_f32(rng, {9, 4}), random_f32(rng, {5, 4, 3}, 0.5f), random_f32(rng, {5})});
  }
}

TEST(Gradient, MovingRows) {
  Rng rng(8);
  const std::vector<int32_t> twice = {4, 0, 4}, places = {3, 1};
  expect_gradients([&](const Inputs& in) { return ops::embedding(in[0], twice); }, {random_f32(rng, {5, 3})});
  expect_gradients([&](const Inputs& in) { return ops::gather_rows(in[0], twice); },
                   {random_f32(rng, {5, 3})});
  expect_gradients([&](const Inputs& in) { return ops::place_rows(in[0], places, in[1]); },
                   {random_f32(rng, {5, 3}), random_f32(rng, {2, 3})});
  expect_gradients([](const Inputs& in) { return ops::concat_rows(in[0], in[1]); },
                   {random_f32(rng, {2, 3}), random_f32(rng, {4, 3})});
  expect_gradients([](const Inputs& in) { return ops::stack_rows(in[0], ragged(), 2); },
                   {random_f32(rng, {9, 3})});
  expect_gradients([](const Inputs& in) { return ops::average_rows(in[0], ragged(), 2); },
                   {random_f32(rng, {9, 3})});
}

// As models cut and reshape: the heads of a norm, the halves of a weight.
TEST(Gradient, ReshapedAndSlicedRows) {
  Rng rng(9);
  expect_gradients(
      [](const Inputs& in) {
        // A large eps: rows of three numbers near zero would bend too much for differences.
        return ops::rms_norm(in[0].reshape({8, 3}), in[1], 0.1f).reshape(in[0].shape());
      },
      {random_f32(rng, {2, 12}), random_f32(rng, {3})});
  expect_gradients(
      [](const Inputs& in) {
        return ops::gated_linear(in[0].slice_rows(1, 2), bare(in[1].slice_rows(4, 4)),
                                 bare(in[1].slice_rows(0, 4)), Activation::kSilu);
      },
      {random_f32(rng, {4, 5}), random_f32(rng, {8, 5}, 0.5f)});
}

TEST(Gradient, ElementByElement) {
  Rng rng(10);
  Inputs same = {random_f32(rng, {3, 5}), random_f32(rng, {3, 5})};
  Inputs row = {random_f32(rng, {3, 5}), random_f32(rng, {5})};
  for (const Inputs& inputs : {same, row}) {
    expect_gradients([](const Inputs& in) { return ops::add(in[0], in[1]); }, inputs);
    expect_gradients([](const Inputs& in) { return ops::multiply(in[0], in[1]); }, inputs);
  }
  expect_gradients([](const Inputs& in) { return ops::scale(in[0], -1.5f); }, {same[0]});
  expect_gradients([](const Inputs& in) { return ops::log_softmax(in[0]); }, {same[0]});
  expect_gradients([](const Inputs& in) { return ops::to_f32(in[0]); }, {same[0]});
  Tensor away_from_zero = Tensor::from(std::vector<float>{-2, -1, 1, 2}, {4});
  expect_gradients([](const Inputs& in) { return ops::activate(in[0], Activation::kRelu); },
                   {away_from_zero});
}

}  // namespace
}  // namespace auris
