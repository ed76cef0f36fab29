#include "auris/tensor/tensor.h"

#include <gtest/gtest.h>

#include <vector>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/backend/cpu/simd_target.h"
#include "auris/tensor/host_pool.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/row_layout.h"
#include "auris/tensor/transfer.h"

namespace auris {
namespace {

TEST(Tensor, ShapesRowsAndSlices) {
  std::vector<float> values = {0, 1, 2, 3, 4, 5};
  Tensor tensor = Tensor::from(values, {3, 2});
  EXPECT_EQ(tensor.rows(), 3);
  EXPECT_EQ(tensor.cols(), 2);
  EXPECT_EQ(tensor.slice_rows(1, 2).data<float>()[0], 2.0f);
  EXPECT_EQ(tensor.reshape({2, 3}).cols(), 3);
  EXPECT_EQ(tensor.shape().to_string(), "[3, 2]");
  EXPECT_THROW(tensor.slice_rows(2, 2), Error);
  EXPECT_THROW(tensor.reshape({4}), Error);
}

TEST(Tensor, QuantizedRowsCountBlocks) {
  Tensor q4 = Tensor::zeros({2, 64}, DType::kQ4_1);
  EXPECT_EQ(q4.row_bytes(), 40u);
  EXPECT_EQ(q4.bytes(), 80u);
  EXPECT_THROW(Tensor::empty({2, 33}, DType::kQ8_0), Error);
}

TEST(Tensor, ViewRefusesWhatDoesNotFit) {
  auto storage = allocate_host(256);
  EXPECT_NO_THROW(Tensor::view(storage, 0, {64}, DType::kF32));
  EXPECT_THROW(Tensor::view(storage, 4, {64}, DType::kF32), Error);
}

TEST(Tensor, EmptyTensorsAreHarmless) {
  Tensor none = Tensor::empty({0, 4});
  EXPECT_EQ(none.rows(), 0);
  EXPECT_EQ(none.bytes(), 0u);
  EXPECT_EQ(none.slice_rows(0, 0).rows(), 0);
}

TEST(Transfer, DevicesOfHostMemoryShareIt) {
  Tensor tensor = Tensor::zeros({2, 3});
  Tensor plain = to_device(tensor, Device::kPlain);
  EXPECT_EQ(plain.device(), Device::kPlain);
  EXPECT_EQ(plain.data<float>(), tensor.data<float>());
  EXPECT_EQ(to_host(plain).data<float>(), tensor.data<float>());
  EXPECT_FALSE(to_device(Tensor(), Device::kPlain).defined());
  EXPECT_THROW(tensor.on(Device::kTorch), Error);
}

// This program does not link LibTorch.
TEST(Backend, AMissingOneIsAnErrorWithAHint) {
  EXPECT_TRUE(has_backend(Device::kCpu));
  for (Device device : {Device::kTorch, Device::kCuda}) {
    EXPECT_FALSE(has_backend(device));
    for (auto use : {+[](Device d) { Tensor::empty({2}, DType::kF32, d); },
                     +[](Device d) { to_device(Tensor::zeros({2}), d); }}) {
      try {
        use(device);
        FAIL();
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kUsage);
        EXPECT_NE(error.hint().find("AURIS_TORCH"), std::string::npos);
      }
    }
  }
}

TEST(HostPool, FreedBlocksComeBack) {
  std::byte* first = nullptr;
  {
    Tensor tensor = Tensor::empty({1000, 37});
    first = tensor.data<std::byte>();
  }
  Tensor again = Tensor::empty({1000, 37});
  EXPECT_EQ(again.data<std::byte>(), first);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
}

TEST(RowLayout, PositionsFollowSpans) {
  RowLayout layout = RowLayout::single(2, 5);
  layout.add(3);
  EXPECT_EQ(layout.rows(), 5);
  EXPECT_EQ(layout.positions(), (std::vector<int32_t>{5, 6, 0, 1, 2}));
}

TEST(SimdTarget, IsTheBestOneThatIsBuilt) {
  std::vector<std::string> targets;  // best first
  test::for_each_target([&](const std::string& name) { targets.push_back(name); });
  ASSERT_FALSE(targets.empty());
  EXPECT_EQ(simd_target_name(), targets.front());
#if defined(__aarch64__)
  EXPECT_EQ(simd_target_name(), "NEON");  // also where the processor has SVE, which we do not build
#endif
}

}  // namespace
}  // namespace auris
