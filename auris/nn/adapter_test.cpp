#include "auris/nn/adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "auris/base/test_folder.h"
#include "auris/nn/layers.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::nn {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using weights::NamedTensor;

template <typename Action>
std::string message_of(Action&& action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

Tensor counting(const Shape& shape, float first = 0.0f) {
  Tensor tensor = Tensor::empty(shape);
  for (float& value : tensor.span<float>()) value = first++;
  return tensor;
}

// A file with a layer "x.up" [3, 4], "x.down" [4, 3] and an adapter of rank 2 for both.
class AdapterFile {
 public:
  AdapterFile() {
    add("x.up.weight", counting({3, 4}));
    add("x.up.bias", counting({3}));
    add("x.down.weight", counting({4, 3}));
    add("lora.x.up.lora_a", counting({2, 4}, 1.0f));
    add("lora.x.up.lora_b", counting({3, 2}, 2.0f));
    add("lora.x.down.lora_a", counting({2, 3}, 3.0f));
    add("lora.x.down.lora_b", counting({4, 2}, 4.0f));
  }
  void add(const std::string& name, const Tensor& tensor) { tensors_[name] = tensor; }
  void remove(const std::string& name) { tensors_.erase(name); }
  std::shared_ptr<const weights::Checkpoint> open() const {
    std::vector<NamedTensor> all;
    for (const auto& [name, tensor] : tensors_) all.push_back({name, tensor});
    weights::write_safetensors(folder_ / "model.safetensors", all);
    return weights::open_checkpoint(folder_.path());
  }

 private:
  TestFolder folder_;
  std::map<std::string, Tensor> tensors_;
};

AdapterConfig config_of(std::vector<std::string> layers) {
  return {.rank = 2, .alpha = 3.0, .layers = std::move(layers)};
}

// Loads both layers with the file's adapter, as a model would.
std::vector<Linear> load(const std::shared_ptr<const weights::Checkpoint>& file,
                         const AdapterConfig& config) {
  auto stored = std::make_shared<StoredAdapter>(file, config, "lora.");
  Parameters parameters = Parameters(file).with_adapter(source_of(stored)).under("x");
  std::vector<Linear> layers{load_linear(parameters, "up", {.in = 4, .out = 3, .bias = Bias::kRequired}),
                             load_linear(parameters, "down", {.in = 3, .out = 4})};
  stored->expect_all_used();
  return layers;
}

TEST(AdapterConfig, CoversLayersByTheEndOfTheirNames) {
  AdapterConfig config{.layers = {"q_proj", "mlp.up_proj", "layers.1.self_attn.k_proj"}};
  EXPECT_TRUE(config.covers("layers.0.self_attn.q_proj"));
  EXPECT_TRUE(config.covers("q_proj"));
  EXPECT_FALSE(config.covers("layers.0.self_attn.seq_proj"));
  EXPECT_TRUE(config.covers("layers.3.mlp.up_proj"));
  EXPECT_FALSE(config.covers("layers.3.other.up_proj"));
  EXPECT_TRUE(config.covers("layers.1.self_attn.k_proj"));
  EXPECT_FALSE(config.covers("layers.2.self_attn.k_proj"));
  EXPECT_FALSE(config.covers("layers.11.self_attn.k_proj"));
}

TEST(AdapterConfig, JsonBothWays) {
  nlohmann::json json = {{"rank", 16}, {"alpha", 32.0}, {"layers", {"q_proj", "v_proj"}}};
  AdapterConfig config = adapter_config_from_json(JsonFields(json, "config.json"));
  EXPECT_EQ(config.rank, 16);
  EXPECT_EQ(config.scale(), 2.0f);
  EXPECT_THAT(config.layers, ElementsAre("q_proj", "v_proj"));
  EXPECT_EQ(nlohmann::json(adapter_config_to_json(config)), json);
}

TEST(AdapterConfig, HostileFieldsAreRefused) {
  using nlohmann::json;
  for (const auto& [key, value] : std::vector<std::pair<const char*, json>>{{"rank", 0},
                                                                            {"rank", 1 << 20},
                                                                            {"rank", nullptr},
                                                                            {"rank", 1.5},
                                                                            {"alpha", 0},
                                                                            {"alpha", 1e99},
                                                                            {"alpha", "2"},
                                                                            {"layers", json::array()},
                                                                            {"layers", "q_proj"},
                                                                            {"layers", {"q_proj", 3}},
                                                                            {"layers", {""}},
                                                                            {"dropout", 0.1}}) {
    json config = {{"rank", 4}, {"alpha", 8}, {"layers", {"q_proj"}}};
    config[key] = value;
    message_of([&] { adapter_config_from_json(JsonFields(config, "config.json")); }, ErrorCode::kModel);
  }
}

// A is uniform in +-1/sqrt(in): its deviation is 1/sqrt(3 in).
TEST(FreshAdapter, ChangesNothingAndDependsOnNameAndSeed) {
  AdapterConfig config{.rank = 64, .alpha = 32.0, .layers = {"q"}};
  AdapterSource source = fresh_adapter(config, 7);
  LowRank first = source("layers.0.q", {.in = 400, .out = 50});
  EXPECT_EQ(first.a.shape(), Shape({64, 400}));
  EXPECT_EQ(first.b.shape(), Shape({50, 64}));
  EXPECT_EQ(first.scale, 0.5f);
  for (float value : first.b.span<float>()) ASSERT_EQ(value, 0.0f);
  double squares = 0.0;
  for (float value : first.a.span<float>()) {
    ASSERT_LE(std::abs(value), 0.05f);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  EXPECT_NEAR(std::sqrt(squares / 25600), 1.0 / std::sqrt(3.0 * 400.0), 3e-4);
  auto bits = [](const LowRank& low) {
    return std::vector<float>(low.a.span<float>().begin(), low.a.span<float>().end());
  };
  EXPECT_EQ(bits(fresh_adapter(config, 7)("layers.0.q", {.in = 400, .out = 50})), bits(first));
  EXPECT_NE(bits(source("layers.1.q", {.in = 400, .out = 50})), bits(first));
  EXPECT_NE(bits(fresh_adapter(config, 8)("layers.0.q", {.in = 400, .out = 50})), bits(first));
  EXPECT_FALSE(source("layers.0.k", {.in = 400, .out = 50}).defined());
}

TEST(StoredAdapter, LiesBesideTheLayersItNames) {
  AdapterFile file;
  std::vector<Linear> layers = load(file.open(), config_of({"up", "x.down"}));
  const LowRank& up = layers[0].weights.low_rank;
  EXPECT_EQ(up.scale, 1.5f);
  EXPECT_EQ(up.a.data<float>()[0], 1.0f);
  EXPECT_EQ(up.b.data<float>()[5], 7.0f);
  EXPECT_EQ(layers[1].weights.low_rank.b.shape(), Shape({4, 2}));
  // By hand: W x = 38, bias 0; A x = (1 + 4 + 9 + 16, 5 + 12 + 21 + 32) = (30, 70); B's first row (2, 3).
  Tensor y = layers[0].forward(Tensor::from(std::vector<float>{1, 2, 3, 4}, {1, 4}));
  EXPECT_EQ(y.data<float>()[0], 0 * 1 + 1 * 2 + 2 * 3 + 3 * 4 + 1.5f * (2 * 30 + 3 * 70));
}

TEST(StoredAdapter, MissingUnknownAndMisshapenTensorsAreErrors) {
  AdapterFile half;
  half.remove("lora.x.down.lora_b");
  EXPECT_THAT(message_of(
                  [&] {
                    load(half.open(), config_of({"up", "down"}));
                  },
                  ErrorCode::kModel),
              HasSubstr("lora.x.down.lora_b"));
  AdapterFile narrow;
  narrow.add("lora.x.up.lora_a", counting({3, 4}));
  EXPECT_THAT(message_of(
                  [&] {
                    load(narrow.open(), config_of({"up", "down"}));
                  },
                  ErrorCode::kModel),
              AllOf(HasSubstr("lora.x.up.lora_a"), HasSubstr("[2, 4]"), HasSubstr("[3, 4]")));
  // A tensor that the config does not speak of.
  AdapterFile whole;
  EXPECT_THAT(message_of([&] { load(whole.open(), config_of({"up"})); }, ErrorCode::kModel),
              HasSubstr("lora.x.down.lora_a"));
  // One that it does, of a layer that the model does not have.
  AdapterFile more;
  more.add("lora.y.up.lora_a", counting({2, 4}));
  more.add("lora.y.up.lora_b", counting({3, 2}));
  EXPECT_THAT(message_of(
                  [&] {
                    load(more.open(), config_of({"up", "down"}));
                  },
                  ErrorCode::kModel),
              HasSubstr("lora.y.up.lora_a"));
  AdapterFile other;
  other.add("x.up.lora_a", counting({2, 4}));
  EXPECT_THAT(message_of(
                  [&] {
                    load(other.open(), config_of({"up", "down"}));
                  },
                  ErrorCode::kModel),
              HasSubstr("x.up.lora_a"));
  EXPECT_THAT(message_of(
                  [&] {
                    load(AdapterFile().open(), config_of({"up", "down", "dawn"}));
                  },
                  ErrorCode::kModel),
              AllOf(HasSubstr("dawn"), HasSubstr("down")));
}

TEST(Adopt, SeesEveryTensorByItsFullName) {
  AdapterFile file;
  auto checkpoint = file.open();
  std::vector<std::string> seen;
  Tensor trained;
  Parameters parameters =
      Parameters(checkpoint, [](std::string_view name) { return "x." + std::string(name.substr(2)); })
          .with_adapter(fresh_adapter(config_of({"up"}), 1))
          .adopting([&](std::string_view name, const Tensor& tensor) {
            seen.emplace_back(name);
            if (name != "m.up.lora_b") return tensor;
            return trained = counting({3, 2});
          })
          .under("m");
  Linear up = load_linear(parameters, "up", {.in = 4, .out = 3, .bias = Bias::kRequired});
  load_linear(parameters, "down", {.in = 3, .out = 4});
  EXPECT_THAT(seen, ElementsAre("m.up.weight", "m.up.bias", "m.up.lora_a", "m.up.lora_b", "m.down.weight"));
  EXPECT_EQ(up.weights.low_rank.b.data<float>(), trained.data<float>());  // the trainer's own memory
}

TEST(Adopt, TensorsThatDoNotFitAreErrors) {
  AdapterFile file;
  file.add("i8.weight", Tensor::zeros({3, 4}, DType::kI8));
  file.add("i8.weight_scale", counting({3}, 1.0f));
  auto checkpoint = file.open();
  auto message = [&](const char* layer, const Adopt& adopt) {
    return message_of(
        [&] {
          load_linear(Parameters(checkpoint).adopting(adopt), layer,
                      {.in = 4, .out = 3, .bias = Bias::kIfPresent});
        },
        ErrorCode::kUsage);
  };
  EXPECT_THAT(message("x.up", [](auto, const Tensor&) { return Tensor(); }),
              AllOf(HasSubstr("x.up.weight"), HasSubstr("nothing")));
  EXPECT_THAT(message("x.up",
                      [](auto, const Tensor&) {
                        return Tensor::zeros({4, 3});
                      }),
              AllOf(HasSubstr("[3, 4]"), HasSubstr("[4, 3]")));
  EXPECT_THAT(message("i8", [](auto, const Tensor&) { return Tensor::zeros({3, 4}); }), HasSubstr("i8"));
}

TEST(AdapterSource, LowRanksThatDoNotFitAreErrors) {
  AdapterFile file;
  auto checkpoint = file.open();
  auto message = [&](const LowRank& low) {
    Parameters parameters = Parameters(checkpoint).with_adapter([&](auto, LinearSize) { return low; });
    return message_of([&] { load_linear(parameters, "x.down", {.in = 3, .out = 4}); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(message({.a = Tensor::zeros({2, 4}), .b = Tensor::zeros({4, 2})}), HasSubstr("x.down.lora_a"));
  EXPECT_THAT(message({.a = Tensor::zeros({2, 3}), .b = Tensor::zeros({4, 3})}), HasSubstr("x.down.lora_b"));
  EXPECT_THAT(message({.a = Tensor::zeros({2, 3}, DType::kF16), .b = Tensor::zeros({4, 2})}),
              HasSubstr("f16"));
}

}  // namespace
}  // namespace auris::nn
