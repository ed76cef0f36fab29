#include <ATen/ops/gelu.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include "auris/tensor/backend/torch/activation.h"
#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {
namespace {

// y in x's shape, or as one row that torch repeats.
at::Tensor beside(const Tensor& x, const Tensor& y) {
  at::Tensor numbers = torch_backend::floats_of(y, torch_of(x).device());
  return y.shape() == x.shape() ? numbers : numbers.view({x.cols()});
}

}  // namespace

at::Tensor torch_backend::activated(const at::Tensor& x, Activation activation) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kGelu: return at::gelu(x, "none");
    case Activation::kGeluTanh: return at::gelu(x, "tanh");
    case Activation::kSilu: return at::silu(x);
    case Activation::kRelu: return at::relu(x);
  }
  fail_invariant("a known activation", __FILE__, __LINE__);
}

Tensor TorchBackend::add(const Tensor& x, const Tensor& y) { return tensor_of(torch_of(x) + beside(x, y)); }

Tensor TorchBackend::multiply(const Tensor& x, const Tensor& y) {
  return tensor_of(torch_of(x) * beside(x, y));
}

Tensor TorchBackend::scale(const Tensor& x, float factor) { return tensor_of(torch_of(x) * factor); }

Tensor TorchBackend::activate(const Tensor& x, Activation activation) {
  return tensor_of(torch_backend::activated(torch_of(x), activation));
}

Tensor TorchBackend::to_f32(const Tensor& x, const Tensor& row_scale) {
  at::Tensor y = torch_of(x).to(at::kFloat);
  if (!row_scale.defined()) return tensor_of(y);
  at::Tensor scale = torch_backend::floats_of(row_scale, y.device()).view({x.rows(), 1});
  return tensor_of((y.view({x.rows(), x.cols()}) / scale).view(y.sizes()));
}

Tensor TorchBackend::log_softmax(const Tensor& x) { return tensor_of(at::log_softmax(torch_of(x), -1)); }

}  // namespace auris
