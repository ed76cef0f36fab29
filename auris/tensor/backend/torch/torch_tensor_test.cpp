#include "auris/tensor/backend/torch/torch_tensor.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "auris/tensor/dequantize.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

using test::difference;
using test::random_f32;
using test::random_weight;

std::vector<float> values(const at::Tensor& tensor) {
  at::Tensor dense = tensor.contiguous();
  return {dense.const_data_ptr<float>(), dense.const_data_ptr<float>() + dense.numel()};
}

TEST(TorchTensor, SharesMemoryBothWays) {
  at::Tensor numbers = at::ones({2, 3});
  Tensor tensor = tensor_of(numbers);
  EXPECT_EQ(tensor.device(), Device::kTorch);
  EXPECT_EQ(tensor.shape(), Shape({2, 3}));
  EXPECT_EQ(tensor.data<float>(), numbers.const_data_ptr<float>());
  EXPECT_EQ(torch_of(tensor.slice_rows(1, 1)).const_data_ptr<float>(), numbers.const_data_ptr<float>() + 3);
  EXPECT_EQ(torch_of(tensor.reshape({3, 2})).const_data_ptr<float>(), numbers.const_data_ptr<float>());
  EXPECT_EQ(to_host(tensor).data<float>(), numbers.const_data_ptr<float>());
  EXPECT_EQ(tensor_of(numbers.t()).shape(), Shape({3, 2}));  // made contiguous
  EXPECT_THROW(torch_of(Tensor::zeros({1})), Error);
  EXPECT_THROW(torch_of(Tensor()), Error);
  EXPECT_THROW(tensor_of(at::ones({1}, at::kDouble)), Error);
}

TEST(TorchTensor, ViewsPassGradientsOn) {
  at::Tensor leaf = at::ones({4, 6});
  leaf.requires_grad_(true);
  Tensor heads = tensor_of(leaf).reshape({8, 3}).slice_rows(1, 2).reshape({6});
  (torch_of(heads) * 2).sum().backward();
  std::vector<float> expected(24, 0.0f);
  std::fill(expected.begin() + 3, expected.begin() + 9, 2.0f);
  EXPECT_EQ(values(leaf.grad()), expected);
}

// Autograd notices that a number was changed behind its back, through a view of it too.
TEST(TorchTensor, ViewsShareTheVersion) {
  at::Tensor leaf = at::ones({4, 2});
  leaf.requires_grad_(true);
  Tensor product = ops::multiply(tensor_of(leaf), tensor_of(leaf));
  {
    at::NoGradGuard no_grad;
    torch_of(tensor_of(leaf).slice_rows(0, 1)).add_(1.0f);
  }
  EXPECT_EQ(values(leaf), (std::vector<float>{2, 2, 1, 1, 1, 1, 1, 1}));
  EXPECT_ANY_THROW(torch_of(product).sum().backward());
}

TEST(TorchTensor, FactoriesGoThroughTheBackend) {
  Tensor zeros = Tensor::zeros({2, 2}, DType::kF16, Device::kTorch);
  EXPECT_EQ(torch_of(zeros).scalar_type(), at::kHalf);
  EXPECT_EQ(torch_of(zeros).count_nonzero().item<int64_t>(), 0);
  EXPECT_EQ(Tensor::empty({3, 0}, DType::kF32, Device::kTorch).elements(), 0);
  Tensor ids = Tensor::from(std::vector<int32_t>{7, 8}, {2}, Device::kTorch);
  EXPECT_EQ(ids.data<int32_t>()[1], 8);
  EXPECT_THROW(Tensor::empty({1, 32}, DType::kQ8_0, Device::kTorch), Error);
  EXPECT_THROW(ids.on(Device::kCpu), Error);
}

TEST(TorchTransfer, WeightsBecomeTheNumbersTheyStandFor) {
  Rng rng(1);
  for (DType dtype : {DType::kF32, DType::kF16, DType::kBF16, DType::kQ8_0, DType::kQ4_1, DType::kQ6_K}) {
    Tensor weight = random_weight(rng, {5, 256}, dtype);
    Tensor there = to_device(weight, Device::kTorch);
    EXPECT_EQ(there.dtype(), DType::kF32);
    Tensor expected = Tensor::empty(weight.shape());
    dequantize(dtype, weight.data<std::byte>(), weight.elements(), expected.data<float>());
    EXPECT_EQ(difference(there, expected), 0.0) << name_of(dtype);
    EXPECT_NE(there.data<std::byte>(), weight.data<std::byte>());  // a copy
  }
}

TEST(TorchTransfer, ScalesOfIntegersAreFolded) {
  std::vector<int8_t> integers = {10, -20, 30, 40};
  LinearWeights weights{.weight = Tensor::empty({2, 2}, DType::kI8),
                        .bias = Tensor::zeros({2}),
                        .row_scale = Tensor::from(std::vector<float>{2, 10}, {2})};
  std::copy(integers.begin(), integers.end(), weights.weight.data<int8_t>());
  LinearWeights there = to_device(weights, Device::kTorch);
  EXPECT_FALSE(there.row_scale.defined());
  EXPECT_EQ(values(torch_of(there.weight)), (std::vector<float>{5, -10, 3, 4}));
  EXPECT_EQ(there.bias.device(), Device::kTorch);
  EXPECT_TRUE(to_device(weights, Device::kPlain).row_scale.defined());
}

TEST(TorchAttention, CachesRefuseGradients) {
  AttentionSpec spec{.heads = 1, .kv_heads = 1, .head_dim = 8};
  KvCache cache({.layers = 1, .kv_heads = 1, .head_dim = 8});
  SequenceId sequence = cache.create();
  RowLayout layout = RowLayout::single(1, 0, sequence);
  cache.extend(layout);
  Tensor q = Tensor::zeros({1, 8}, DType::kF32, Device::kTorch);
  torch_of(q).requires_grad_(true);
  EXPECT_THROW(ops::attention_cached(q, q, q, layout, spec, cache, 0), Error);
  at::NoGradGuard no_grad;
  EXPECT_EQ(ops::attention_cached(q, q, q, layout, spec, cache, 0).device(), Device::kTorch);
}

}  // namespace
}  // namespace auris
