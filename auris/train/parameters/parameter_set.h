#pragma once
// The parameters that training changes. Loading a model through adopt() makes trainable f32 copies of the
// tensors that belong to the parts a recipe trains, and leaves all others as they are, without gradients.
//
//   ParameterSet parameters(recipe.trained, Device::kTorch);
//   auto model = models::load_audio_llm(parts, {.device = Device::kTorch, .adopt = parameters.adopt()});
//   parameters.require_all_parts();

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/nn/load_options.h"
#include "auris/train/recipe/train_recipe.h"

namespace auris::train {

// The part that a tensor of an audio language model belongs to, by the name that load_audio_llm gives it:
// "projector.0.weight", "language_model.layers.0.self_attn.q_proj.lora_a". Nothing for those that no training
// changes: the encoder's positions, and biases of its keys.
std::optional<Part> part_named(std::string_view name);

struct TrainedParameter {
  std::string name;
  at::Tensor value;  // f32, a leaf that wants a gradient
  double learning_rate = 0.0;
  double weight_decay = 0.0;
};

class ParameterSet {
 public:
  // `device`: kTorch or kCuda.
  ParameterSet(std::vector<TrainedPart> parts, Device device);

  // For load_audio_llm. The set must outlive the loading, and stay where it is meanwhile. A tensor that is
  // asked for twice is one parameter.
  nn::Adopt adopt();

  // Throws kUsage if the model has nothing of a part: less would be trained than was asked for.
  void require_all_parts() const;

  // In the order in which the model asked for them.
  const std::vector<TrainedParameter>& parameters() const { return parameters_; }
  int64_t elements() const;
  Device device() const { return device_; }
  void clear_gradients();
  // The common norm of all gradients. Parameters without one count as zeros.
  double gradient_norm() const;
  // Scales all gradients, whose norm is `norm`, so that it is at most `largest` (torch's clip_grad_norm_; 0 =
  // no clipping).
  void limit_gradients(double norm, double largest);
  // Both; returns the norm before.
  double clip_gradients(double largest);

 private:
  const TrainedPart* trained_part(std::string_view name) const;

  std::vector<TrainedPart> parts_;
  Device device_;
  std::vector<TrainedParameter> parameters_;
};

}  // namespace auris::train
