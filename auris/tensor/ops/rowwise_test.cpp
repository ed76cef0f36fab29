// Norms, RoPE, element-by-element ops and moving rows: the fast backends against the plain one, the cpu's on
// every SIMD target.

#include <gtest/gtest.h>

#include <cmath>

#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/ops/rope.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::for_each_backend;
using test::random_f32;
using test::random_weight;

constexpr double kTolerance = 1e-6;

struct Sizes {
  int64_t rows, cols;
};
constexpr Sizes kSizes[] = {{0, 16}, {1, 1}, {1, 512}, {3, 577}, {70, 1000}};

// op(x) on every fast backend against op(x on the plain backend).
template <typename Op>
void expect_same(const Tensor& x, Op op, double tolerance = kTolerance) {
  Tensor expected = op(x.on(Device::kPlain));
  for_each_backend([&](const std::string& name, Device device) {
    Tensor y = op(to_device(x, device));
    EXPECT_EQ(y.device(), device);
    EXPECT_LE(difference(y, expected), tolerance) << name << " " << x.shape().to_string();
  });
}

TEST(Norm, MatchesPlain) {
  Rng rng(1);
  for (Sizes s : kSizes) {
    Tensor x = random_f32(rng, {s.rows, s.cols}, 3.0f);
    for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16}) {
      Tensor w = random_weight(rng, {s.cols}, dtype), b = random_weight(rng, {s.cols}, dtype);
      expect_same(x, [&](const Tensor& t) { return ops::rms_norm(t, w, 1e-5f); });
      expect_same(x, [&](const Tensor& t) { return ops::rms_norm(t, w, 1e-6f, 1.0f); });
      expect_same(x, [&](const Tensor& t) { return ops::layer_norm(t, w, b, 1e-5f); });
    }
  }
}

TEST(Elementwise, MatchesPlain) {
  Rng rng(2);
  for (Sizes s : kSizes) {
    Tensor x = random_f32(rng, {s.rows, s.cols}, 4.0f);
    for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16}) {
      Tensor same = random_weight(rng, {s.rows, s.cols}, dtype), row = random_weight(rng, {s.cols}, dtype);
      expect_same(x, [&](const Tensor& t) { return ops::add(t, same); });
      expect_same(x, [&](const Tensor& t) { return ops::add(t, row); });
      expect_same(x, [&](const Tensor& t) { return ops::multiply(t, same); });
      expect_same(x, [&](const Tensor& t) { return ops::multiply(t, row); });
    }
    expect_same(x, [&](const Tensor& t) { return ops::scale(t, 0.3f); });
    expect_same(x, [&](const Tensor& t) { return ops::log_softmax(t); });
  }
}

TEST(Elementwise, ActivationsAreExactEverywhere) {
  Tensor x = Tensor::empty({40001});
  for (int64_t i = 0; i < x.elements(); ++i) x.data<float>()[i] = static_cast<float>(i - 20000) * 1e-3f;
  for (Activation activation :
       {Activation::kNone, Activation::kGelu, Activation::kGeluTanh, Activation::kSilu, Activation::kRelu}) {
    Tensor expected = ops::activate(x.on(Device::kPlain), activation);
    for_each_backend([&](const std::string& name, Device device) {
      Tensor y = to_host(ops::activate(to_device(x, device), activation));
      for (int64_t i = 0; i < x.elements(); ++i) {
        ASSERT_NEAR(y.data<float>()[i], expected.data<float>()[i],
                    1e-6 * (1.0 + std::abs(expected.data<float>()[i])))
            << name << " activation " << static_cast<int>(activation) << " of " << x.data<float>()[i];
      }
    });
  }
}

TEST(Elementwise, LogSoftmaxOfAVocabularyAddsUpToOne) {
  Rng rng(3);
  expect_same(random_f32(rng, {2, 51865}, 5.0f), [](const Tensor& t) { return ops::log_softmax(t); });
}

TEST(Rope, MatchesPlain) {
  Rng rng(4);
  for (int head_dim : {4, 64, 80}) {
    RopeSpec spec{
        .head_dim = head_dim, .inverse_frequencies = {}, .magnitude = 1.2f, .style = RopeStyle::kHalves};
    for (int i = 0; i < head_dim / 4 + 1; ++i)
      spec.inverse_frequencies.push_back(std::pow(0.7f, static_cast<float>(i)));
    Tensor x = random_f32(rng, {5, int64_t{3} * head_dim});
    for (RopeStyle style : {RopeStyle::kHalves, RopeStyle::kInterleaved}) {
      spec.style = style;
      for (std::vector<int32_t> positions : {std::vector<int32_t>{0, 1, 2, 3, 4}, {9, 9, 100, 8191, 5}}) {
        expect_same(x, [&](const Tensor& t) { return ops::rope(t, positions, spec); });
      }
    }
  }
}

TEST(Rows, MoveAsWritten) {
  std::vector<float> numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  for (Device device : test::devices_under_test()) {
    Tensor x = Tensor::from(numbers, {5, 2}, device);
    auto values = [](const Tensor& t) {
      Tensor host = to_host(t);
      return std::vector<float>(host.data<float>(), host.data<float>() + host.elements());
    };
    EXPECT_EQ(values(ops::gather_rows(x, std::vector<int32_t>{4, 0, 4})),
              (std::vector<float>{8, 9, 0, 1, 8, 9}));
    EXPECT_EQ(values(ops::embedding(x, std::vector<int32_t>{1})), (std::vector<float>{2, 3}));
    Tensor placed =
        ops::place_rows(x, std::vector<int32_t>{3}, Tensor::from(std::vector<float>{-1, -2}, {1, 2}));
    EXPECT_EQ(values(placed), (std::vector<float>{0, 1, 2, 3, 4, 5, -1, -2, 8, 9}));
    EXPECT_EQ(ops::concat_rows(x, placed).rows(), 10);
    RowLayout layout = RowLayout::single(3);
    layout.add(2);
    EXPECT_EQ(values(ops::stack_rows(x, layout, 2)),
              (std::vector<float>{0, 1, 2, 3, 4, 5, 0, 0, 6, 7, 8, 9}));
    EXPECT_EQ(values(ops::average_rows(x, layout, 2)), (std::vector<float>{1, 2, 7, 8}));
    EXPECT_EQ(pooled_layout(layout, 2).rows(), 3);
    EXPECT_THROW(ops::embedding(x, std::vector<int32_t>{5}), Error);
    EXPECT_THROW(ops::gather_rows(x, std::vector<int32_t>{-1}), Error);
  }
}

TEST(Rows, EmbeddingAndToF32ReadEveryType) {
  Rng rng(5);
  for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kI8, DType::kQ8_0, DType::kQ4_0,
                      DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ4_K, DType::kQ5_K, DType::kQ6_K}) {
    Tensor numbers = random_weight(rng, {6, 256}, dtype);
    std::vector<int32_t> ids = {5, 0, 2};
    Tensor expected = ops::gather_rows(ops::to_f32(numbers.on(Device::kPlain)), ids);
    for (Device device : test::devices_under_test()) {
      Tensor table = to_device(numbers, device);
      EXPECT_LE(difference(ops::embedding(table, ids), expected), 0.0) << name_of(dtype);
      EXPECT_LE(difference(ops::gather_rows(ops::to_f32(table), ids), expected), 0.0) << name_of(dtype);
    }
  }
}

}  // namespace
}  // namespace auris
