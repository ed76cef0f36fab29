#include "auris/train/parameters/parameter_set.h"

#include <algorithm>
#include <utility>

#include <ATen/core/Tensor.h>
#include <ATen/ops/stack.h>

#include "auris/nn/adapter.h"
#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"

namespace auris::train {

namespace {

// Whisper's positions are sines that stay what they are, and what a bias of its keys adds to all of a row's
// weights, softmax takes away again; CTranslate2 writes zeros there.
bool stays(std::string_view name) {
  return name == "encoder.embed_positions.weight" ||
         (name.starts_with("encoder.") && name.ends_with(".k_proj.bias"));
}

}  // namespace

std::optional<Part> part_named(std::string_view name) {
  if (stays(name)) return std::nullopt;
  const bool adapter = nn::is_adapter_tensor(name);
  if (name.starts_with("projector.")) return Part::kProjector;
  if (name.starts_with("encoder.")) return adapter ? Part::kEncoderAdapter : Part::kEncoder;
  if (name.starts_with("language_model."))
    return adapter ? Part::kLanguageModelAdapter : Part::kLanguageModel;
  return std::nullopt;
}

ParameterSet::ParameterSet(std::vector<TrainedPart> parts, Device device)
    : parts_(std::move(parts)), device_(device) {}

const TrainedPart* ParameterSet::trained_part(std::string_view name) const {
  const std::optional<Part> part = part_named(name);
  const auto found = std::ranges::find_if(parts_, [&](const TrainedPart& one) { return one.part == part; });
  return found == parts_.end() ? nullptr : &*found;
}

nn::Adopt ParameterSet::adopt() {
  return [this](std::string_view name, const Tensor& tensor) -> Tensor {
    const TrainedPart* part = trained_part(name);
    if (part == nullptr) return tensor;
    const auto known = std::ranges::find(parameters_, name, &TrainedParameter::name);
    if (known != parameters_.end()) return tensor_of(known->value);
    at::Tensor value = torch_of(to_device(tensor, device_)).detach().to(at::kFloat).clone();
    value.set_requires_grad(true);
    parameters_.push_back({.name = std::string(name),
                           .value = value,
                           .learning_rate = part->learning_rate,
                           .weight_decay = part->weight_decay});
    return tensor_of(value);
  };
}

void ParameterSet::require_all_parts() const {
  for (const TrainedPart& part : parts_) {
    const bool used = std::ranges::any_of(parameters_, [&](const TrainedParameter& parameter) {
      return part_named(parameter.name) == part.part;
    });
    if (used) continue;
    throw Error(ErrorCode::kUsage,
                {.where = "train",
                 .expected = "parts that the model has",
                 .got = "part \"" + std::string(name_in(kParts, part.part)) + "\", of which it has no tensor",
                 .hint = "adapters are described in [model]"});
  }
}

int64_t ParameterSet::elements() const {
  int64_t sum = 0;
  for (const TrainedParameter& parameter : parameters_) sum += parameter.value.numel();
  return sum;
}

void ParameterSet::clear_gradients() {
  for (TrainedParameter& parameter : parameters_) parameter.value.mutable_grad() = at::Tensor();
}

double ParameterSet::gradient_norm() const {
  std::vector<at::Tensor> norms;
  for (const TrainedParameter& parameter : parameters_) {
    if (parameter.value.grad().defined()) norms.push_back(parameter.value.grad().norm());
  }
  return norms.empty() ? 0.0 : at::stack(norms).norm().item<double>();
}

void ParameterSet::limit_gradients(double norm, double largest) {
  const double factor = largest / (norm + 1e-6);  // the 1e-6 is torch's
  if (!(largest > 0.0 && factor < 1.0)) return;
  for (TrainedParameter& parameter : parameters_) {
    if (parameter.value.grad().defined()) parameter.value.mutable_grad().mul_(factor);
  }
}

double ParameterSet::clip_gradients(double largest) {
  const double norm = gradient_norm();
  limit_gradients(norm, largest);
  return norm;
}

}  // namespace auris::train
