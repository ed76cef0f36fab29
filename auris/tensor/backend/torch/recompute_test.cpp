#include "auris/tensor/backend/torch/recompute.h"

#include <gtest/gtest.h>

#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/ops/recompute.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::random_f32;
using torch_backend::Autocast;
using torch_backend::Recomputation;

constexpr int64_t kColumns = 48;

// Two layers of a norm and a product with a residual, in a body each.
class Layers {
 public:
  explicit Layers(Device device) {
    Rng rng(4);
    for (int layer = 0; layer < 2; ++layer) {
      norms_.push_back(to_device(random_f32(rng, {kColumns}), device));
      weights_.push_back(to_device(random_f32(rng, {kColumns, kColumns}, 0.2f), device));
    }
  }

  void train(bool wanted) {
    for (auto* all : {&norms_, &weights_}) {
      for (const Tensor& tensor : *all) torch_of(tensor).requires_grad_(wanted);
    }
  }

  Tensor forward(Tensor x) {
    for (size_t i = 0; i < weights_.size(); ++i) {
      x = ops::recomputed(x, [this, i](const Tensor& rows) {
        ++calls;
        const Tensor normed = ops::rms_norm(rows, norms_[i], 1e-5f);
        return ops::linear(normed, {.weight = weights_[i], .bias = {}, .row_scale = {}},
                           {.activation = Activation::kSilu, .residual = rows});
      });
    }
    return x;
  }

  // Of the weighted sum of what comes out: x's if it wants one, then the parameters'.
  std::vector<at::Tensor> gradients(const Tensor& x) {
    for (auto* all : {&norms_, &weights_}) {
      for (const Tensor& tensor : *all) torch_of(tensor).mutable_grad() = at::Tensor();
    }
    torch_of(x).mutable_grad() = at::Tensor();
    const at::Tensor y = torch_of(forward(x));
    (y * y).sum().backward();
    std::vector<at::Tensor> all;
    if (torch_of(x).requires_grad()) all.push_back(torch_of(x).grad());
    for (const Tensor& norm : norms_) all.push_back(torch_of(norm).grad());
    for (const Tensor& weight : weights_) all.push_back(torch_of(weight).grad());
    return all;
  }

  int calls = 0;

 private:
  std::vector<Tensor> norms_, weights_;
};

Tensor rows_on(Device device) {
  Rng rng(9);
  return to_device(random_f32(rng, {7, kColumns}), device);
}

void expect_equal_bits(const std::vector<at::Tensor>& ours, const std::vector<at::Tensor>& expected) {
  ASSERT_EQ(ours.size(), expected.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    ASSERT_TRUE(ours[i].defined()) << i;
    EXPECT_TRUE(ours[i].equal(expected[i])) << i;
  }
}

TEST(Recomputation, GivesTheGradientsOfWhatIsKept) {
  for (const Device device : test::devices_under_test()) {
    for (const bool through : {true, false}) {  // whether the rows that go in want a gradient
      for (const bool mixed : {false, true}) {
        Layers layers(device);
        layers.train(true);
        const Tensor x = rows_on(device);
        torch_of(x).requires_grad_(through);
        std::vector<at::Tensor> kept, again;
        {
          const Autocast guard(mixed);
          kept = layers.gradients(x);
          EXPECT_EQ(layers.calls, 2);
          const Recomputation recomputing;
          again = layers.gradients(x);
        }
        EXPECT_EQ(layers.calls, 2 + 4);  // forward, and again in the backward pass
        expect_equal_bits(again, kept);
      }
    }
  }
}

// The backward pass may come when the guards of the forward pass are gone.
TEST(Recomputation, RemembersHowTheForwardPassComputed) {
  for (const Device device : test::devices_under_test()) {
    Layers layers(device);
    layers.train(true);
    const Tensor x = rows_on(device);
    torch_of(x).requires_grad_(true);
    const auto gradient = [&](bool recompute) {
      torch_of(x).mutable_grad() = at::Tensor();
      at::Tensor sum;
      {
        const Autocast mixed;
        const Recomputation again(recompute);
        sum = torch_of(layers.forward(x)).sum();
      }
      sum.backward();
      return torch_of(x).grad();
    };
    EXPECT_TRUE(gradient(true).equal(gradient(false)));
  }
}

TEST(Recomputation, RecordsNothingWhereNothingLearns) {
  for (const Device device : test::devices_under_test()) {
    Layers layers(device);
    layers.train(false);
    const Recomputation again;
    EXPECT_FALSE(torch_of(layers.forward(rows_on(device))).requires_grad());
    layers.train(true);
    EXPECT_TRUE(torch_of(layers.forward(rows_on(device))).requires_grad());
    const c10::NoGradGuard none;
    EXPECT_FALSE(torch_of(layers.forward(rows_on(device))).requires_grad());
    EXPECT_EQ(layers.calls, 6);
  }
}

TEST(Recomputation, IsAPlainCallOnTheCpu) {
  Rng rng(9);
  const Tensor x = random_f32(rng, {2, 3});
  const Tensor y = ops::recomputed(x, [](const Tensor& rows) { return ops::scale(rows, 2.0f); });
  EXPECT_EQ(y.data<float>()[5], 2.0f * x.data<float>()[5]);
}

}  // namespace
}  // namespace auris
