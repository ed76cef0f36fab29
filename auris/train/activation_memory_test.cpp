// What the activations of a forward and backward pass take, measured by LibTorch's own reports of its memory,
// beside what memory_plan.h says.

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include <ATen/TensorOperators.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "auris/base/rng.h"
#include "auris/base/test_folder.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/language/llama/llama.h"
#include "auris/tensor/backend/torch/autocast.h"
#include "auris/tensor/backend/torch/recompute.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"
#include "auris/train/memory_plan.h"
#include "auris/train/testing/memory_meter.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::train {
namespace {

using testing::peak_bytes;

constexpr int64_t kHidden = 64, kInner = 160, kKeyColumns = 32, kVocab = 96, kRows = 1024;
constexpr int kHeads = 4, kKeyHeads = 2;

class RandomWeights {
 public:
  Tensor of(const Shape& shape) {
    Tensor tensor = Tensor::empty(shape);
    for (float& value : tensor.span<float>()) value = static_cast<float>(0.1 * rng_.normal());
    return tensor;
  }

 private:
  Rng rng_{3};
};

struct Setting {
  const char* name;
  bool encoder = false;
  bool learns = true;  // else gradients of the rows that go in pass through
  bool mixed = false;  // bf16
  bool recompute = false;
};

Tensor trained(const Tensor& tensor, bool wanted = true) {
  torch_of(tensor).requires_grad_(wanted);
  return tensor;
}

std::shared_ptr<const models::Llama> small_llama(const TestFolder& folder, int64_t layers, bool learns) {
  RandomWeights random;
  std::vector<weights::NamedTensor> tensors{{"model.embed_tokens.weight", random.of({kVocab, kHidden})},
                                            {"model.norm.weight", random.of({kHidden})}};
  for (int64_t layer = 0; layer < layers; ++layer) {
    const auto add = [&](const char* name, const Shape& shape) {
      tensors.push_back({fmt::format("model.layers.{}.{}.weight", layer, name), random.of(shape)});
    };
    add("input_layernorm", {kHidden});
    add("post_attention_layernorm", {kHidden});
    add("self_attn.q_proj", {kHidden, kHidden});
    add("self_attn.k_proj", {kKeyColumns, kHidden});
    add("self_attn.v_proj", {kKeyColumns, kHidden});
    add("self_attn.o_proj", {kHidden, kHidden});
    add("mlp.gate_proj", {kInner, kHidden});
    add("mlp.up_proj", {kInner, kHidden});
    add("mlp.down_proj", {kHidden, kInner});
  }
  weights::write_safetensors(folder / "model.safetensors", tensors);
  folder.write("config.json", nlohmann::json({{"model_type", "llama"},
                                              {"vocab_size", kVocab},
                                              {"hidden_size", kHidden},
                                              {"intermediate_size", kInner},
                                              {"num_hidden_layers", layers},
                                              {"num_attention_heads", kHeads},
                                              {"num_key_value_heads", kKeyHeads},
                                              {"tie_word_embeddings", true}})
                                  .dump());
  return models::load_llama(
      weights::open_checkpoint(folder.path()),
      {.device = Device::kTorch, .adopt = [learns](std::string_view name, const Tensor& t) {
         return trained(t, learns || name == "embed_tokens.weight");
       }});
}

// An encoder of these layers, without the names of a file.
models::WhisperEncoder small_encoder(int64_t layers) {
  RandomWeights random;
  const auto tensor = [&](const Shape& shape) {
    return trained(to_device(random.of(shape), Device::kTorch));
  };
  const auto linear = [&](int64_t out, int64_t in) {
    return LinearWeights{.weight = tensor({out, in}), .bias = tensor({out}), .row_scale = {}};
  };
  const auto norm = [&] { return models::WhisperNorm{tensor({kHidden}), tensor({kHidden})}; };
  models::WhisperConfig config;
  config.d_model = static_cast<int>(kHidden);
  config.encoder_layers = static_cast<int>(layers);
  config.encoder_heads = kHeads;
  config.encoder_ffn = static_cast<int>(kInner);
  models::WhisperEncoderWeights weights{
      .conv1 = {tensor({kHidden, config.n_mels, 3}), tensor({kHidden})},
      .conv2 = {tensor({kHidden, kHidden, 3}), tensor({kHidden})},
      .positions = to_device(random.of({config.max_source_positions, kHidden}), Device::kTorch),
      .layers = {},
      .norm = norm()};
  for (int64_t layer = 0; layer < layers; ++layer) {
    const auto square = [&] { return linear(kHidden, kHidden); };
    weights.layers.push_back({.attention_norm = norm(),
                              .attention = {square(), square(), square(), square()},
                              .mlp_norm = norm(),
                              .mlp = {linear(kInner, kHidden), linear(kHidden, kInner)}});
  }
  return {std::move(weights), config};
}

// Of a pass through so many layers, forward and back.
int64_t measured(const Setting& setting, int64_t layers) {
  const torch_backend::Recomputation again(setting.recompute);
  const torch_backend::Autocast mixed(setting.mixed);
  const auto twice = [](const auto& pass) {
    pass();  // gradients have their memory from now on
    return peak_bytes(pass);
  };
  if (setting.encoder) {
    const models::WhisperEncoder encoder = small_encoder(layers);
    const Tensor mel = to_device(RandomWeights().of({2 * kRows, encoder.config().n_mels}), Device::kTorch);
    return twice([&] {
      torch_of(encoder.forward(mel, RowLayout::single(2 * kRows)).hidden).square().sum().backward();
    });
  }
  const TestFolder folder;
  const auto llama = small_llama(folder, layers, setting.learns);
  std::vector<int32_t> ids;
  for (int64_t row = 0; row < kRows; ++row) ids.push_back(static_cast<int32_t>(row % kVocab));
  return twice([&] {
    torch_of(llama->forward(llama->embed(ids), RowLayout::single(kRows))).square().sum().backward();
  });
}

int64_t planned(const Setting& setting, int64_t layers) {
  return plan_memory({.stacks = {{.name = "layers",
                                  .layers = layers,
                                  .hidden = kHidden,
                                  .key_columns = setting.encoder ? kHidden : kKeyColumns,
                                  .inner = kInner,
                                  .gated = !setting.encoder,
                                  .rows = kRows,
                                  .learns = setting.learns}},
                      .factor_bytes = setting.mixed ? 2 : 4,
                      .recompute_activations = setting.recompute})
      .total_bytes();
}

class ActivationMemory : public ::testing::TestWithParam<Setting> {
 protected:
  ActivationMemory() { register_torch_backends(); }
};

// What some layers more take, so that all around the layers cancels out. The plan leaves out a few numbers a
// row, 40 here: sums of norms and of attention, angles.
TEST_P(ActivationMemory, IsWhatThePlanSays) {
  constexpr int64_t kFew = 2, kMany = 6, kNumbers = 40;
  const Setting& setting = GetParam();
  const auto grown = static_cast<double>(measured(setting, kMany) - measured(setting, kFew));
  const auto expected = static_cast<double>(planned(setting, kMany) - planned(setting, kFew));
  EXPECT_GE(grown, expected);
  EXPECT_LE(grown, expected + static_cast<double>((kMany - kFew) * kRows * kNumbers * 4));
}

INSTANTIATE_TEST_SUITE_P(
    Layers, ActivationMemory,
    ::testing::Values(Setting{.name = "language"}, Setting{.name = "language_again", .recompute = true},
                      Setting{.name = "language_bf16", .mixed = true},
                      Setting{.name = "language_bf16_again", .mixed = true, .recompute = true},
                      Setting{.name = "frozen_language", .learns = false},
                      Setting{.name = "frozen_language_bf16", .learns = false, .mixed = true},
                      Setting{.name = "encoder", .encoder = true},
                      Setting{.name = "encoder_again", .encoder = true, .recompute = true},
                      Setting{.name = "encoder_bf16", .encoder = true, .mixed = true}),
    [](const auto& test) { return std::string(test.param.name); });

// The peak itself: eight layers kept, or one at a time beside what goes into each.
TEST(ActivationMemoryPeak, FallsWhenActivationsAreComputedAgain) {
  register_torch_backends();
  const auto kept = static_cast<double>(measured({.name = "kept"}, 8)),
             again = static_cast<double>(measured({.name = "again", .recompute = true}, 8));
  RecordProperty("kept_bytes", std::to_string(kept));
  RecordProperty("recomputed_bytes", std::to_string(again));
  EXPECT_LT(again, 0.25 * kept);
}

}  // namespace
}  // namespace auris::train
