#include "auris/train/optimizer/adamw.h"

#include <cmath>

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"

namespace auris::train {
namespace {

at::Tensor moment_from(const weights::Checkpoint& state, const std::string& name, const at::Tensor& like) {
  Tensor tensor = state.tensor(name);
  at::IntArrayRef sizes = like.sizes();
  Shape wanted(std::span<const int64_t>(sizes.data(), sizes.size()));
  if (tensor.shape() != wanted || tensor.dtype() != DType::kF32) {
    throw Error(ErrorCode::kModel,
                {.where = state.path().string(),
                 .expected = quoted(name) + " of f32 and shape " + wanted.to_string(),
                 .got = std::string(name_of(tensor.dtype())) + " " + tensor.shape().to_string(),
                 .hint = "the checkpoint belongs to another recipe"});
  }
  return at::from_blob(tensor.data<float>(), sizes, at::kFloat).to(like.device()).clone();
}

}  // namespace

AdamW::AdamW(const ParameterSet& parameters, const AdamWOptions& options)
    : parameters_(parameters), options_(options) {
  for (const TrainedParameter& parameter : parameters.parameters()) {
    moments_.push_back({at::zeros_like(parameter.value.detach()), at::zeros_like(parameter.value.detach())});
  }
}

void AdamW::step(double factor) {
  c10::NoGradGuard no_gradients;
  ++steps_;
  auto t = static_cast<double>(steps_);
  double correction1 = 1.0 - std::pow(options_.beta1, t);
  double correction2_root = std::sqrt(1.0 - std::pow(options_.beta2, t));
  for (size_t i = 0; i < moments_.size(); ++i) {
    const TrainedParameter& parameter = parameters_.parameters()[i];
    const at::Tensor& gradient = parameter.value.grad();
    if (!gradient.defined()) continue;
    at::Tensor value = parameter.value;
    double rate = parameter.learning_rate * factor;
    auto& [first, second] = moments_[i];
    if (parameter.weight_decay != 0.0) value.mul_(1.0 - rate * parameter.weight_decay);
    first.lerp_(gradient, 1.0 - options_.beta1);
    second.mul_(options_.beta2).addcmul_(gradient, gradient, 1.0 - options_.beta2);
    at::Tensor denominator = second.sqrt().div_(correction2_root).add_(options_.epsilon);
    value.addcdiv_(first, denominator, -rate / correction1);
  }
}

std::vector<weights::NamedTensor> AdamW::state() const {
  std::vector<weights::NamedTensor> tensors;
  for (size_t i = 0; i < moments_.size(); ++i) {
    const std::string& name = parameters_.parameters()[i].name;
    tensors.push_back({"first." + name, to_host(tensor_of(moments_[i].first))});
    tensors.push_back({"second." + name, to_host(tensor_of(moments_[i].second))});
  }
  return tensors;
}

void AdamW::restore(const weights::Checkpoint& state, int64_t steps) {
  std::vector<Moments> restored;
  for (const TrainedParameter& parameter : parameters_.parameters()) {
    restored.push_back({moment_from(state, "first." + parameter.name, parameter.value),
                        moment_from(state, "second." + parameter.name, parameter.value)});
  }
  moments_ = std::move(restored);
  steps_ = steps;
}

}  // namespace auris::train
