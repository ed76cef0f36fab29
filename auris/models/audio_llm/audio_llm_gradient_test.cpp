// Gradients of whole audio language models on the torch backend: the code that computes them is the one that
// serves.

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include <cmath>

#include "auris/base/rng.h"
#include "auris/models/audio_llm/audio_llm.h"
#include "auris/models/testing/golden.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris::models {
namespace {

using testing::Golden;
using testing::golden_folder;

// The logits of the golden prompt, with its first recording's mel replaced.
Tensor logits_of(const AudioLlm& model, const Golden& golden, const Tensor& mel) {
  std::vector<int32_t> valid = golden.ids("windows.valid"), ids = golden.ids("ids");
  std::vector<AudioWindow> windows = {{.mel = mel, .frames = valid[0]}};
  for (size_t i = 1; i < valid.size(); ++i) {
    Tensor other = golden.tensor("windows." + std::to_string(i) + ".mel");
    windows.push_back({.mel = to_device(other.slice_rows(0, valid[i]), mel.device()), .frames = valid[i]});
  }
  Tensor rows = model.embed(ids, model.encode(windows).rows);
  return model.language().logits(model.language().forward(rows, RowLayout::single(rows.rows())));
}

double dot(const Tensor& x, const Tensor& y) {
  Tensor a = to_host(x), b = to_host(y);
  double sum = 0.0;
  for (int64_t i = 0; i < a.elements(); ++i) {
    sum += static_cast<double>(a.data<float>()[i]) * static_cast<double>(b.data<float>()[i]);
  }
  return sum;
}

class AudioLlmGradient : public ::testing::TestWithParam<std::string> {};

// Along its own direction the gradient's norm is the derivative: from mel through encoder, projector and
// language model to random sums of the logits, against differences of the cpu backend.
TEST_P(AudioLlmGradient, OfTheSoundIsTheSlope) {
  Golden golden(GetParam());
  AudioLlmSources sources{.model = golden_folder() / GetParam()};
  auto learning = load_audio_llm(sources, {.device = Device::kTorch}), serving = load_audio_llm(sources);
  Tensor mel = golden.tensor("windows.0.mel").slice_rows(0, golden.ids("windows.valid")[0]);

  Tensor leaf = to_device(mel, Device::kTorch);
  torch_of(leaf).requires_grad_(true);
  Tensor logits = logits_of(*learning, golden, leaf);
  Rng rng(1);
  Tensor weights = Tensor::empty(logits.shape());
  for (float& weight : weights.span<float>()) weight = static_cast<float>(rng.normal());
  (torch_of(logits) * torch_of(to_device(weights, Device::kTorch))).sum().backward();
  Tensor gradient = to_host(tensor_of(torch_of(leaf).grad()));
  double norm = std::sqrt(dot(gradient, gradient));
  ASSERT_GT(norm, 0.0);

  auto loss_at = [&](double step) {
    Tensor moved = Tensor::empty(mel.shape());
    for (int64_t i = 0; i < mel.elements(); ++i) {
      moved.data<float>()[i] =
          mel.data<float>()[i] + static_cast<float>(step / norm) * gradient.data<float>()[i];
    }
    return dot(logits_of(*serving, golden, moved), weights);
  };
  constexpr double kStep = 0.02;
  double slope = (loss_at(kStep) - loss_at(-kStep)) / (2.0 * kStep);
  EXPECT_NEAR(slope / norm, 1.0, 1e-2);
}

INSTANTIATE_TEST_SUITE_P(Family, AudioLlmGradient, ::testing::Values("llaso", "ultravox", "qwen2-audio"),
                         [](const auto& test) {
                           return test.param == "qwen2-audio" ? std::string("qwen2_audio") : test.param;
                         });

}  // namespace
}  // namespace auris::models
