// Every backend against golden values of PyTorch (tools/reference/dump_ops.py) and of the `gguf` package
// (tools/reference/dump_quantized_blocks.py).

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "auris/tensor/dequantize.h"
#include "auris/tensor/host_pool.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/random_tensors.h"
#include "auris/tensor/ops/rope.h"
#include "auris/tensor/transfer.h"
#include "tests/source_folder.h"

namespace auris {
namespace {

using nlohmann::json;

json golden(const std::string& name) {
  std::ifstream file(AURIS_SOURCE_DIR "/tests/golden/tensor/" + name);
  return json::parse(file);
}

struct Case {
  const json& data;
  Device device;

  Tensor input(const std::string& name) const { return tensor(data["inputs"].at(name)); }
  Tensor expected() const { return tensor(data["outputs"].at("y")); }
  const json& option(const std::string& name) const { return data["options"].at(name); }
  Activation activation() const {
    const std::string name = option("activation");
    if (name == "gelu") return Activation::kGelu;
    if (name == "gelu_tanh") return Activation::kGeluTanh;
    if (name == "silu") return Activation::kSilu;
    EXPECT_EQ(name, "relu");
    return Activation::kRelu;
  }

 private:
  Tensor tensor(const json& packed) const {
    Shape shape(packed["shape"].get<std::vector<int64_t>>());
    return Tensor::from(packed["values"].get<std::vector<float>>(), shape, device);
  }
};

Tensor run_rope(const Case& c) {
  RopeSpec spec{.head_dim = c.option("head_dim"),
                .inverse_frequencies = c.option("inverse_frequencies").get<std::vector<float>>(),
                .style = c.option("style") == "halves" ? RopeStyle::kHalves : RopeStyle::kInterleaved};
  return ops::rope(c.input("x"), c.option("positions").get<std::vector<int32_t>>(), spec);
}

Tensor run_attention(const Case& c) {
  Tensor q = c.input("q");
  AttentionSpec spec{.heads = c.option("heads"),
                     .kv_heads = c.option("kv_heads"),
                     .head_dim = c.option("head_dim"),
                     .scale = c.option("scale"),
                     .causal = c.option("causal"),
                     .window = c.option("window"),
                     .softcap = c.option("softcap")};
  return ops::attention(q, c.input("k"), c.input("v"), RowLayout::single(q.rows()), spec);
}

Tensor run(const Case& c) {
  const std::string name = c.data["name"];
  if (name == "rms_norm")
    return ops::rms_norm(c.input("x"), c.input("weight"), c.option("eps"), c.option("weight_offset"));
  if (name == "layer_norm")
    return ops::layer_norm(c.input("x"), c.input("weight"), c.input("bias"), c.option("eps"));
  if (name == "activate") return ops::activate(c.input("x"), c.activation());
  if (name == "log_softmax") return ops::log_softmax(c.input("x"));
  if (name == "rope") return run_rope(c);
  if (name == "attention") return run_attention(c);
  if (name == "gated_linear") {
    return ops::gated_linear(c.input("x"), {.weight = c.input("gate"), .bias = {}, .row_scale = {}},
                             {.weight = c.input("up"), .bias = {}, .row_scale = {}}, c.activation());
  }
  if (name == "linear") {
    return ops::linear(c.input("x"), {.weight = c.input("weight"), .bias = c.input("bias"), .row_scale = {}},
                       {.activation = c.activation(), .residual = c.input("residual")});
  }
  EXPECT_EQ(name, "conv1d");
  Tensor x = c.input("x");
  return ops::conv1d(
      x, c.input("weight"), c.input("bias"), RowLayout::single(x.rows()),
      {.stride = c.option("stride"), .padding = c.option("padding"), .activation = c.activation()});
}

class GoldenOps : public testing::TestWithParam<Device> {};

TEST_P(GoldenOps, MatchPyTorch) {
  const json cases = golden("ops.json");
  ASSERT_GE(cases.size(), 20u);
  for (const json& data : cases) {
    Case c{data, GetParam()};
    SCOPED_TRACE(data["name"].get<std::string>() + " " + data["options"].dump());
    Tensor there = run(c), y = to_host(there), expected = to_host(c.expected());
    ASSERT_EQ(y.shape(), expected.shape());
    EXPECT_EQ(there.device(), GetParam());
    for (int64_t i = 0; i < y.elements(); ++i) {
      float want = expected.data<float>()[i];
      ASSERT_NEAR(y.data<float>()[i], want, 2e-6 * (1.0 + std::fabs(want))) << "element " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, GoldenOps, testing::ValuesIn(test::devices_under_test()),
                         [](const auto& device) { return std::string(name_of(device.param)); });

std::vector<std::byte> bytes_of_hex(const std::string& hex) {
  std::vector<std::byte> bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(std::byte(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

// Both ways to read a weight: as numbers, and as what a product with unit vectors gives.
TEST_P(GoldenOps, QuantizedBlocksMatchGguf) {
  const json formats = golden("quantized_blocks.json");
  for (DType dtype : {DType::kQ8_0, DType::kQ4_0, DType::kQ4_1, DType::kQ5_0, DType::kQ5_1, DType::kQ4_K,
                      DType::kQ5_K, DType::kQ6_K}) {
    std::string name(name_of(dtype));
    SCOPED_TRACE(name);
    const json& format = formats.at(name);
    auto bytes = std::make_shared<std::vector<std::byte>>(bytes_of_hex(format["bytes"]));
    auto expected = format["values"].get<std::vector<float>>();
    auto count = static_cast<int64_t>(expected.size());
    Tensor weight = to_device(Tensor::borrow(bytes, *bytes, {1, count}, dtype), GetParam());
    Tensor numbers = to_host(ops::to_f32(weight));
    Tensor unit = Tensor::zeros({count, count});
    for (int64_t i = 0; i < count; ++i) unit.data<float>()[i * count + i] = 1.0f;
    Tensor products =
        to_host(ops::linear(to_device(unit, GetParam()), {.weight = weight, .bias = {}, .row_scale = {}}));
    for (int64_t i = 0; i < count; ++i) {
      float tolerance = 2e-6f * (0.1f + std::fabs(expected[i]));
      ASSERT_NEAR(numbers.data<float>()[i], expected[i], tolerance) << "element " << i;
      ASSERT_NEAR(products.data<float>()[i], expected[i], tolerance) << "element " << i;
    }
  }
}

}  // namespace
}  // namespace auris
