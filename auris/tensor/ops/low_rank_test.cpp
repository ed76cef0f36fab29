// Low ranks beside weights of every type, against the dense matrix W + scale B A: on the plain backend, and
// on every SIMD target of the cpu backend.

#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <utility>

#include "auris/base/thread_pool.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/random_tensors.h"

namespace auris {
namespace {

using test::difference;
using test::for_each_target;
using test::random_f32;
using test::random_weight;
using test::same_bits;

// f32 sums against double sums, as a share of the largest result; three products instead of one.
constexpr double kTolerance = 1e-5;

std::shared_ptr<const std::vector<int32_t>> random_order(Rng& rng, int64_t count) {
  std::vector<int32_t> order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return std::make_shared<const std::vector<int32_t>>(std::move(order));
}

struct Sizes {
  int64_t rows, in, out, rank;
};

LinearWeights random_weights(Rng& rng, const Sizes& s, DType dtype) {
  LinearWeights w{.weight = random_weight(rng, {s.out, s.in}, dtype), .bias = {}, .row_scale = {}};
  if (s.out % 2 == 1) w.bias = random_f32(rng, {s.out});
  if (dtype == DType::kI8) {
    w.row_scale = Tensor::empty({s.out});
    for (float& scale : w.row_scale.span<float>()) scale = 500.0f + static_cast<float>(rng.below(1000));
  }
  return w;
}

LowRank random_low_rank(Rng& rng, const Sizes& s, bool permuted) {
  LowRank low{.a = random_f32(rng, {s.rank, s.in}, 0.2f), .b = random_f32(rng, {s.out, s.rank}, 0.2f)};
  low.scale = s.rank % 2 == 1 ? 1.0f : 2.5f;
  if (permuted) low.b_rows = random_order(rng, s.out);
  return low;
}

// The definition: one f32 matrix.
LinearWeights dense(const LinearWeights& w) {
  Tensor sum = ops::to_f32(w.weight.on(Device::kPlain), w.row_scale);
  const LowRank& low = w.low_rank;
  for (int64_t o = 0; low.defined() && o < w.out(); ++o) {
    int64_t row = low.b_rows != nullptr ? (*low.b_rows)[static_cast<size_t>(o)] : o;
    for (int64_t i = 0; i < w.in(); ++i) {
      double product = 0.0;
      for (int64_t r = 0; r < low.a.rows(); ++r) {
        product += static_cast<double>(low.b.data<float>()[row * low.b.cols() + r]) *
                   static_cast<double>(low.a.data<float>()[r * w.in() + i]);
      }
      sum.data<float>()[o * w.in() + i] += static_cast<float>(static_cast<double>(low.scale) * product);
    }
  }
  return {.weight = sum, .bias = w.bias, .row_scale = {}};
}

class LowRankTypes : public testing::TestWithParam<DType> {
 protected:
  int64_t columns(int64_t in) const {
    int64_t block = info_of(GetParam()).block_elements;
    return (in + block - 1) / block * block;
  }
};

TEST_P(LowRankTypes, EqualTheDenseMatrix) {
  Rng rng(11);
  for (Sizes s : {Sizes{0, 64, 5, 2},
                  {1, 576, 37, 16},
                  {2, 33, 9, 3},
                  {5, 300, 64, 8},
                  {12, 100, 21, 1},
                  {13, 512, 6, 7},
                  {40, 96, 70, 4}}) {
    s.in = columns(s.in);
    Tensor x = random_f32(rng, {s.rows, s.in});
    LinearWeights w = random_weights(rng, s, GetParam());
    w.low_rank = random_low_rank(rng, s, s.rows % 2 == 1);
    for (LinearOptions options :
         {LinearOptions{}, LinearOptions{.activation = Activation::kGelu, .residual = {}}}) {
      if (s.rows % 3 == 1) options.residual = random_f32(rng, {s.rows, s.out});
      Tensor expected = ops::linear(x.on(Device::kPlain), dense(w), options);
      EXPECT_LE(difference(ops::linear(x.on(Device::kPlain), w, options), expected), kTolerance);
      for_each_target([&](const std::string& target) {
        EXPECT_LE(difference(ops::linear(x, w, options), expected), kTolerance)
            << target << " " << s.rows << " x " << s.in << " x " << s.out << " rank " << s.rank;
      });
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Types, LowRankTypes,
                         testing::Values(DType::kF32, DType::kF16, DType::kBF16, DType::kI8, DType::kQ8_0,
                                         DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ4_K,
                                         DType::kQ5_K, DType::kQ6_K),
                         [](const auto& dtype) { return std::string(name_of(dtype.param)); });

// Each of the three, and each of the two, may have a low rank or none.
TEST(LowRank, QkvAndGateEqualTheDenseMatrices) {
  Rng rng(12);
  for (int64_t rows : {1, 13}) {
    for (unsigned which = 0; which < 8; ++which) {
      Tensor x = random_f32(rng, {rows, 320});
      std::array<LinearWeights, 3> w;
      std::array<LinearWeights, 3> reference;
      for (size_t i = 0; i < 3; ++i) {
        Sizes s{rows, 320, i == 1 ? 31 : 64, 4};
        w[i] = random_weights(rng, s, i == 2 ? DType::kF16 : DType::kQ4_1);
        if ((which >> i & 1) != 0) w[i].low_rank = random_low_rank(rng, s, i == 0);
        reference[i] = dense(w[i]);
      }
      ops::Qkv expected = ops::linear_qkv(x.on(Device::kPlain), reference[0], reference[1], reference[2]);
      Tensor gated = ops::gated_linear(x.on(Device::kPlain), reference[0], reference[2], Activation::kSilu);
      for_each_target([&](const std::string& target) {
        ops::Qkv y = ops::linear_qkv(x, w[0], w[1], w[2]);
        EXPECT_LE(difference(y.q, expected.q), kTolerance) << target << which;
        EXPECT_LE(difference(y.k, expected.k), kTolerance) << target << which;
        EXPECT_LE(difference(y.v, expected.v), kTolerance) << target << which;
        Tensor g = ops::gated_linear(x, w[0], w[2], Activation::kSilu);
        EXPECT_LE(difference(g, gated), 2 * kTolerance) << target << which;
      });
    }
  }
}

// The promise of linear.h.
TEST(LowRank, RowsAndThreadsDoNotChangeBits) {
  Rng rng(13);
  Sizes s{40, 200, 27, 5};
  LinearWeights w = random_weights(rng, s, DType::kF16), up = random_weights(rng, s, DType::kBF16);
  w.low_rank = random_low_rank(rng, s, true);
  Tensor x = random_f32(rng, {40, s.in});
  auto both = [&](int64_t begin, int64_t count) {
    Tensor part = x.slice_rows(begin, count);
    return std::pair(ops::linear(part, w, {.activation = Activation::kSilu, .residual = {}}),
                     ops::gated_linear(part, w, up, Activation::kSilu));
  };
  for_each_target([&](const std::string& target) {
    auto [linear, gated] = both(0, 12);
    for (int64_t row = 0; row < 12; ++row) {
      auto [one, one_gated] = both(row, 1);
      EXPECT_TRUE(same_bits(one, linear.slice_rows(row, 1))) << target << " row " << row;
      EXPECT_TRUE(same_bits(one_gated, gated.slice_rows(row, 1))) << target << " row " << row;
    }
    auto [all, all_gated] = both(0, 40);
    set_compute_threads(1);
    auto [alone, alone_gated] = both(0, 40);
    set_compute_threads(3);
    auto [some, some_gated] = both(7, 20);
    set_compute_threads(0);
    EXPECT_TRUE(same_bits(all, alone) && same_bits(all_gated, alone_gated)) << target;
    EXPECT_TRUE(same_bits(some, all.slice_rows(7, 20))) << target;
    EXPECT_TRUE(same_bits(some_gated, all_gated.slice_rows(7, 20))) << target;
  });
}

TEST(LowRank, SlicesAreTheOutputsOfTheWhole) {
  Rng rng(14);
  Sizes s{3, 64, 20, 4};
  Tensor x = random_f32(rng, {s.rows, s.in}).on(Device::kPlain);
  for (bool permuted : {false, true}) {
    for (DType dtype : {DType::kI8, DType::kQ8_0}) {
      LinearWeights w = random_weights(rng, s, dtype);
      w.bias = random_f32(rng, {s.out});
      w.low_rank = random_low_rank(rng, s, permuted);
      Tensor whole = ops::linear(x, w), part = ops::linear(x, w.slice(6, 9));
      ASSERT_EQ(part.shape(), Shape({3, 9}));
      for (int64_t row = 0; row < 3; ++row) {
        for (int64_t i = 0; i < 9; ++i) {
          EXPECT_EQ(part.data<float>()[row * 9 + i], whole.data<float>()[row * 20 + 6 + i]);
        }
      }
    }
  }
}

std::string message_of(const LinearWeights& w) {
  try {
    ops::linear(Tensor::zeros({2, 8}), w);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInternal);
    return error.what();
  }
  return "";
}

TEST(LowRank, WrongArgumentsAreNamed) {
  auto with = [](const LowRank& low) {
    LinearWeights w{.weight = Tensor::zeros({4, 8}), .bias = {}, .row_scale = {}};
    w.low_rank = low;
    return w;
  };
  auto rows = [](std::vector<int32_t> order) {
    return std::make_shared<const std::vector<int32_t>>(std::move(order));
  };
  Tensor a = Tensor::zeros({2, 8}), b = Tensor::zeros({4, 2});
  EXPECT_EQ(message_of(with({.a = a, .b = b})), "");
  EXPECT_EQ(message_of(with({.a = Tensor::zeros({2, 7}), .b = b})),
            "[linear] expected low rank a with 8 columns, got low rank a f32 [2, 7] on cpu.");
  EXPECT_EQ(message_of(with({.a = a, .b = Tensor::zeros({4, 3})})),
            "[linear] expected low rank b with 2 columns, got low rank b f32 [4, 3] on cpu.");
  EXPECT_EQ(message_of(with({.a = a, .b = Tensor::zeros({5, 2})})),
            "[linear] expected low rank b with 4 rows, got low rank b f32 [5, 2] on cpu.");
  EXPECT_EQ(message_of(with({.a = a, .b = {}})),
            "[linear] expected low rank b f32, got low rank b undefined.");
  EXPECT_EQ(message_of(with({.a = {}, .b = b})),
            "[linear] expected a low rank with both factors, got a undefined.");
  EXPECT_EQ(message_of(with({.a = Tensor::zeros({2, 8}, DType::kF16), .b = b})),
            "[linear] expected low rank a f32, got low rank a f16 [2, 8] on cpu.");
  EXPECT_EQ(message_of(with({.a = a, .b = b, .b_rows = rows({0, 1, 2})})),
            "[linear] expected 4 rows of b, got 3.");
  EXPECT_EQ(message_of(with({.a = a, .b = b, .b_rows = rows({0, 1, 2, 3})})), "");
  EXPECT_NE(message_of(with({.a = a, .b = b, .b_rows = rows({0, 1, 2, 4})})), "");
  EXPECT_NE(message_of(with({.a = a, .b = b, .b_rows = rows({0, -1, 2, 3})})), "");
}

}  // namespace
}  // namespace auris
