// The fast backends against the plain one, the cpu's on every SIMD target of the machine.

#include "auris/tensor/ops/linear.h"

#include <gtest/gtest.h>

#include "auris/base/thread_pool.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::for_each_backend;
using test::for_each_target;
using test::random_f32;
using test::random_weight;
using test::same_bits;

constexpr double kTolerance = 3e-6;  // f32 sums against double sums, as a share of the largest result

LinearWeights random_linear(Rng& rng, int64_t out, int64_t in, DType dtype, bool bias) {
  LinearWeights w;
  w.weight = random_weight(rng, {out, in}, dtype);
  if (bias)
    w.bias = random_weight(rng, {out}, dtype == DType::kF16 || dtype == DType::kBF16 ? dtype : DType::kF32);
  if (dtype == DType::kI8) {
    w.row_scale = Tensor::empty({out});
    for (float& scale : w.row_scale.span<float>())
      scale = 500.0f + static_cast<float>(rng.uniform()) * 1000.0f;
  }
  return w;
}

struct Sizes {
  int64_t rows, in, out;
};

class LinearTypes : public testing::TestWithParam<DType> {
 protected:
  // Whole blocks for block types, anything for plain ones.
  int64_t columns(int64_t in) const {
    int64_t block = info_of(GetParam()).block_elements;
    return (in + block - 1) / block * block;
  }
};

TEST_P(LinearTypes, MatchPlain) {
  Rng rng(1);
  for (Sizes s : {Sizes{0, 32, 5},
                  {1, 1, 8},
                  {1, 576, 37},
                  {1, 100, 6},
                  {2, 33, 9},
                  {3, 512, 64},
                  {5, 577, 50},
                  {6, 64, 3},
                  {7, 300, 21},
                  {12, 1536, 13},
                  {13, 31, 33},
                  {14, 96, 65},
                  {64, 1500, 31},
                  {261, 40, 70}}) {
    int64_t in = columns(s.in);
    Tensor x = random_f32(rng, {s.rows, in});
    LinearWeights w = random_linear(rng, s.out, in, GetParam(), s.rows % 2 == 1);
    LinearOptions options;
    if (s.rows % 3 == 1) options.residual = random_f32(rng, {s.rows, s.out});
    if (s.rows == 7) options.activation = Activation::kGelu;
    Tensor expected = ops::linear(x.on(Device::kPlain), w, options);
    for_each_backend([&](const std::string& name, Device device) {
      Tensor y = ops::linear(to_device(x, device), to_device(w, device), options);
      EXPECT_EQ(y.device(), device);
      EXPECT_LE(difference(y, expected), kTolerance)
          << name << " " << s.rows << " x " << in << " x " << s.out;
    });
  }
}

TEST_P(LinearTypes, RowsDoNotChangeEachOther) {
  Rng rng(2);
  const int64_t in = columns(200), out = 27;
  LinearWeights w = random_linear(rng, out, in, GetParam(), true);
  Tensor x = random_f32(rng, {40, in});
  for_each_target([&](const std::string& target) {
    Tensor twelve = ops::linear(x.slice_rows(0, 12), w, {.activation = Activation::kSilu, .residual = {}});
    for (int64_t row = 0; row < 12; ++row) {
      Tensor alone = ops::linear(x.slice_rows(row, 1), w, {.activation = Activation::kSilu, .residual = {}});
      EXPECT_TRUE(same_bits(alone, twelve.slice_rows(row, 1))) << target << " row " << row;
    }
    for (int64_t rows = 2; rows < 12; ++rows) {
      Tensor some = ops::linear(x.slice_rows(1, rows), w, {.activation = Activation::kSilu, .residual = {}});
      EXPECT_TRUE(same_bits(some, twelve.slice_rows(1, rows))) << target << ' ' << rows << " rows";
    }
    Tensor many = ops::linear(x, w);
    EXPECT_TRUE(same_bits(ops::linear(x.slice_rows(7, 20), w), many.slice_rows(7, 20))) << target;
  });
}

INSTANTIATE_TEST_SUITE_P(Types, LinearTypes,
                         testing::Values(DType::kF32, DType::kF16, DType::kBF16, DType::kI8, DType::kQ8_0,
                                         DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ4_K,
                                         DType::kQ5_K, DType::kQ6_K),
                         [](const auto& dtype) { return std::string(name_of(dtype.param)); });

TEST(Linear, ThreadsDoNotChangeBits) {
  Rng rng(3);
  LinearWeights w = random_linear(rng, 300, 1600, DType::kF16, true);
  for (int64_t rows : {3, 70}) {
    Tensor x = random_f32(rng, {rows, 1600});
    set_compute_threads(1);
    Tensor one = ops::linear(x, w);
    set_compute_threads(3);
    EXPECT_TRUE(same_bits(one, ops::linear(x, w)));
    set_compute_threads(0);
  }
}

TEST(Linear, QkvAndGateMatchPlain) {
  Rng rng(4);
  for (int64_t rows : {1, 4, 13, 50}) {
    Tensor x = random_f32(rng, {rows, 1184});
    LinearWeights q = random_linear(rng, 70, 1184, DType::kQ4_1, true);
    LinearWeights k = random_linear(rng, 33, 1184, DType::kF16, true);
    LinearWeights v = random_linear(rng, 70, 1184, DType::kI8, false);
    ops::Qkv expected = ops::linear_qkv(x.on(Device::kPlain), q, k, v);
    Tensor gated = ops::gated_linear(x.on(Device::kPlain), q, v, Activation::kGeluTanh);
    for_each_backend([&](const std::string& name, Device device) {
      Tensor there = to_device(x, device);  // the weights stay on the host, which every backend can read
      ops::Qkv y = ops::linear_qkv(there, q, k, v);
      EXPECT_LE(difference(y.q, expected.q), kTolerance) << name;
      EXPECT_LE(difference(y.k, expected.k), kTolerance) << name;
      EXPECT_LE(difference(y.v, expected.v), kTolerance) << name;
      Tensor g = ops::gated_linear(there, q, v, Activation::kGeluTanh);
      EXPECT_LE(difference(g, gated), 2 * kTolerance) << name << " " << rows;
    });
  }
}

TEST(Conv1d, MatchesPlain) {
  Rng rng(5);
  for (DType dtype : {DType::kF32, DType::kF16}) {
    for (int kernel : {1, 3, 4}) {
      for (int stride : {1, 2}) {
        RowLayout layout;
        for (int64_t frames : {50, 1, 0, 7, 2}) layout.add(frames);
        Tensor x = random_f32(rng, {layout.rows(), 80});
        Tensor weight = random_weight(rng, {33, 80, kernel}, dtype);
        Tensor bias = random_weight(rng, {33}, dtype);
        Conv1dOptions options{.stride = stride, .padding = 1, .activation = Activation::kGelu};
        Tensor expected = ops::conv1d(x.on(Device::kPlain), weight, bias, layout, options);
        for_each_backend([&](const std::string& name, Device device) {
          Tensor y = ops::conv1d(to_device(x, device), weight, bias, layout, options);
          EXPECT_LE(difference(y, expected), kTolerance)
              << name << " kernel " << kernel << " stride " << stride;
        });
      }
    }
  }
}

TEST(Linear, WrongArgumentsAreNamed) {
  Tensor x = Tensor::zeros({2, 8});
  LinearWeights w{.weight = Tensor::zeros({4, 9}), .bias = {}, .row_scale = {}};
  try {
    ops::linear(x, w);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()),
              "[linear] expected a weight with 8 columns, as x has, got weight f32 [4, 9] on cpu.");
  }
  EXPECT_THROW(ops::linear(x, {.weight = Tensor::zeros({4, 8}), .bias = Tensor::zeros({3}), .row_scale = {}}),
               Error);
  EXPECT_THROW(ops::linear(x, {.weight = Tensor::zeros({4, 8}, DType::kI8), .bias = {}, .row_scale = {}}),
               Error);
  EXPECT_THROW(ops::linear(x, {.weight = Tensor::zeros({4, 8}), .bias = {}, .row_scale = {}},
                           {.activation = Activation::kNone, .residual = Tensor::zeros({2, 5})}),
               Error);
}

}  // namespace
}  // namespace auris
