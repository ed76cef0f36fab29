#pragma once
// A node of torch's graph that computes again what it did not keep: what TorchBackend::recomputed is made of.

#include <functional>

#include <ATen/core/Tensor.h>

namespace auris::torch_backend {

using TorchFunction = std::function<at::Tensor(const at::Tensor& input)>;

// body(input), of which nothing but the input is kept for the backward pass, which may come once. Precision
// is as now (autocast.h) when it does. Within the body nothing is computed a third time.
at::Tensor recomputed_function(const at::Tensor& input, const TorchFunction& body);

}  // namespace auris::torch_backend
