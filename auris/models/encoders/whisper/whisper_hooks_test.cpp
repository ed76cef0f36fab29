// Hooks beside a CTranslate2 file, whose queries, keys and values are one tensor.

#include "auris/models/encoders/whisper/whisper_hooks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "auris/base/cache_folder.h"
#include "auris/base/rng.h"
#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/testing/golden.h"
#include "auris/models/testing/random_adapter.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::models {
namespace {

using testing::random_adapter;
using testing::relative_error;

constexpr int kLayers = 4;  // of tiny

Tensor rows_of(const nn::LoadOptions& options) {
  auto checkpoint = weights::open_checkpoint(model_folder() / "whisper-tiny.en");
  WhisperConfig config = whisper_config_of(*checkpoint);
  WhisperEncoder encoder(with_hooks(whisper_encoder_weights(*checkpoint, config), options), config);
  Rng rng(2);
  Tensor mel = Tensor::empty({40, config.n_mels});
  for (float& value : mel.span<float>()) value = static_cast<float>(0.5 * rng.normal());
  return encoder.forward(mel.on(options.device), RowLayout::single(40)).hidden;
}

TEST(WhisperHooks, SeeTheNamesOfHuggingFace) {
  std::vector<std::string> names;
  Tensor same = rows_of({.adopt = [&](std::string_view name, const Tensor& tensor) {
    names.emplace_back(name);
    return tensor;
  }});
  EXPECT_EQ(relative_error(same, rows_of({})), 0.0);
  EXPECT_THAT(names, ::testing::IsSupersetOf(
                         {"conv1.weight", "conv2.bias", "embed_positions.weight", "layer_norm.bias",
                          "layers.3.self_attn_layer_norm.weight", "layers.3.self_attn.q_proj.weight",
                          "layers.3.self_attn.out_proj.bias", "layers.3.final_layer_norm.bias",
                          "layers.3.fc1.weight", "layers.3.fc2.bias"}));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  // Keys have no bias in Whisper; CTranslate2 keeps zeros for them.
  EXPECT_EQ(names.size(), 2u * 2 + 1 + 2 + static_cast<size_t>(kLayers) * (2 * 2 + 6 * 2));
}

// A low rank beside a weight is the adopted weight W + scale B A.
TEST(WhisperHooks, AdaptersEqualAdoptedSums) {
  nn::AdapterConfig config{.rank = 4, .alpha = 2, .layers = {"q_proj", "v_proj", "fc1"}};
  nn::AdapterSource adapter = random_adapter(config, 3);
  auto sum = [&](std::string_view name, const Tensor& weight) {
    if (!name.ends_with(".weight")) return weight;
    LowRank low = adapter(name.substr(0, name.size() - std::string_view(".weight").size()),
                          {.in = weight.cols(), .out = weight.rows()});
    if (!low.defined()) return weight;
    Tensor dense = ops::to_f32(weight);
    for (int64_t row = 0; row < dense.rows(); ++row) {
      for (int64_t i = 0; i < dense.cols(); ++i) {
        for (int64_t r = 0; r < config.rank; ++r) {
          dense.data<float>()[row * dense.cols() + i] += low.scale *
                                                         low.b.data<float>()[row * config.rank + r] *
                                                         low.a.data<float>()[r * dense.cols() + i];
        }
      }
    }
    return dense;
  };
  Tensor expected = rows_of({.adopt = sum}), bare = rows_of({});
  EXPECT_LE(relative_error(rows_of({.adapter = adapter}), expected), 1e-4);
  EXPECT_GE(relative_error(expected, bare), 0.01);
  EXPECT_LE(relative_error(rows_of({.device = Device::kPlain, .adapter = adapter}), expected), 1e-4);
}

}  // namespace
}  // namespace auris::models
