#include "auris/train/optimizer/adamw.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/torch_tensor.h"
#include "auris/tensor/transfer.h"

namespace auris::train {
namespace {

void check_moment(const weights::Checkpoint& state, const std::string& name, const at::Tensor& like) {
  const Tensor tensor = state.tensor(name);
  at::IntArrayRef sizes = like.sizes();
  Shape wanted(std::span<const int64_t>(sizes.data(), sizes.size()));
  if (tensor.shape() != wanted || tensor.dtype() != DType::kF32) {
    throw Error(ErrorCode::kModel,
                {.where = state.path().string(),
                 .expected = quoted(name) + " of f32 and shape " + wanted.to_string(),
                 .got = std::string(name_of(tensor.dtype())) + " " + tensor.shape().to_string(),
                 .hint = "the checkpoint belongs to another recipe"});
  }
}

// A stretch of a tensor's elements, in their order, as it lies there.
at::Tensor stretch_of(const at::Tensor& tensor, int64_t begin, int64_t size) {
  return tensor.detach().view({-1}).narrow(0, begin, size);
}

std::span<float> values_of(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

}  // namespace

AdamW::AdamW(const ParameterSet& parameters, const AdamWOptions& options, ProcessGroup* sharers,
             int64_t piece_elements)
    : parameters_(parameters), options_(options), sharers_(sharers) {
  const int64_t holders = sharers == nullptr ? 1 : sharers->size();
  const int64_t all = std::max<int64_t>(parameters.elements(), 1);
  int64_t before = 0;
  for (size_t i = 0; i < parameters.parameters().size(); ++i) {
    const at::Tensor& value = parameters.parameters()[i].value;
    for (int64_t begin = 0; begin < value.numel(); begin += piece_elements) {
      Piece piece{.parameter = i, .begin = begin, .size = std::min(piece_elements, value.numel() - begin)};
      // The first piece that begins in a process's share of the elements is its first.
      piece.holder = (before + begin) / ((all + holders - 1) / holders);
      if (holds(piece)) {
        piece.first = at::zeros({piece.size}, value.options().requires_grad(false));
        piece.second = at::zeros({piece.size}, value.options().requires_grad(false));
      }
      pieces_.push_back(std::move(piece));
    }
    before += value.numel();
  }
}

bool AdamW::holds(const Piece& piece) const {
  return sharers_ == nullptr || piece.holder == sharers_->rank();
}

int64_t AdamW::held_elements() const {
  int64_t sum = 0;
  for (const Piece& piece : pieces_) sum += holds(piece) ? piece.size : 0;
  return sum;
}

void AdamW::step(double factor) {
  c10::NoGradGuard no_gradients;
  ++steps_;
  for (Piece& piece : pieces_) {
    if (holds(piece)) update(piece, factor);
  }
  if (sharers_ != nullptr) share_values();
}

void AdamW::update(Piece& piece, double factor) const {
  const TrainedParameter& parameter = parameters_.parameters()[piece.parameter];
  if (!parameter.value.grad().defined()) return;
  const auto t = static_cast<double>(steps_);
  const double correction1 = 1.0 - std::pow(options_.beta1, t);
  const double correction2_root = std::sqrt(1.0 - std::pow(options_.beta2, t));
  const double rate = parameter.learning_rate * factor;
  const at::Tensor gradient = parameter.value.grad().reshape({-1}).narrow(0, piece.begin, piece.size);
  at::Tensor value = stretch_of(parameter.value, piece.begin, piece.size);
  if (parameter.weight_decay != 0.0) value.mul_(1.0 - rate * parameter.weight_decay);
  piece.first.lerp_(gradient, 1.0 - options_.beta1);
  piece.second.mul_(options_.beta2).addcmul_(gradient, gradient, 1.0 - options_.beta2);
  const at::Tensor denominator = piece.second.sqrt().div_(correction2_root).add_(options_.epsilon);
  value.addcdiv_(piece.first, denominator, -rate / correction1);
}

void AdamW::share_values() const {
  for (const Piece& piece : pieces_) {
    const TrainedParameter& parameter = parameters_.parameters()[piece.parameter];
    if (!parameter.value.grad().defined()) continue;  // in no process, or in all (gradient_exchange.h)
    sharers_->begin_broadcast(values_of(stretch_of(parameter.value, piece.begin, piece.size)), piece.holder);
  }
  sharers_->wait();
}

// A moment of a parameter, from all that hold pieces of it. Undefined but in the first process.
at::Tensor AdamW::gathered(size_t parameter, at::Tensor Piece::*moment) const {
  const at::Tensor& value = parameters_.parameters()[parameter].value;
  const bool ours = sharers_ == nullptr || sharers_->first();
  at::Tensor whole = ours ? at::empty(value.sizes(), at::kFloat) : at::Tensor();
  for (const Piece& piece : pieces_) {
    if (piece.parameter != parameter) continue;
    const at::Tensor part =
        holds(piece) ? piece.*moment : at::empty({piece.size}, value.options().requires_grad(false));
    if (sharers_ != nullptr) {
      sharers_->begin_broadcast(values_of(part), piece.holder);
      sharers_->wait();
    }
    if (ours) stretch_of(whole, piece.begin, piece.size).copy_(part);
  }
  return whole;
}

std::vector<weights::NamedTensor> AdamW::state() const {
  c10::NoGradGuard no_gradients;
  std::vector<weights::NamedTensor> tensors;
  for (size_t i = 0; i < parameters_.parameters().size(); ++i) {
    const std::string& name = parameters_.parameters()[i].name;
    const at::Tensor first = gathered(i, &Piece::first), second = gathered(i, &Piece::second);
    if (!first.defined()) continue;
    tensors.push_back({"first." + name, to_host(tensor_of(first))});
    tensors.push_back({"second." + name, to_host(tensor_of(second))});
  }
  return tensors;
}

void AdamW::restore(const weights::Checkpoint& state, int64_t steps) {
  c10::NoGradGuard no_gradients;
  for (const TrainedParameter& parameter : parameters_.parameters()) {
    for (const char* moment : {"first.", "second."})
      check_moment(state, moment + parameter.name, parameter.value);
  }
  for (Piece& piece : pieces_) {
    if (!holds(piece)) continue;
    const std::string& name = parameters_.parameters()[piece.parameter].name;
    const auto take = [&](const std::string& stored, at::Tensor& moment) {
      float* begin = state.tensor(stored).data<float>() + piece.begin;
      moment.copy_(at::from_blob(begin, {piece.size}, at::kFloat));
    };
    take("first." + name, piece.first);
    take("second." + name, piece.second);
  }
  steps_ = steps;
}

}  // namespace auris::train
