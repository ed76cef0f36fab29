#include "auris/tensor/backend/torch/recompute.h"

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include "auris/tensor/backend/torch/recomputed_function.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {
namespace torch_backend {
namespace {

thread_local bool recomputing = false;

}  // namespace

Recomputation::Recomputation(bool enabled) : before_(recomputing) { recomputing = enabled; }
Recomputation::~Recomputation() { recomputing = before_; }

}  // namespace torch_backend

Tensor TorchBackend::recomputed(const Tensor& x, const RowFunction& body) {
  if (!torch_backend::recomputing || !c10::GradMode::is_enabled()) return body(x);
  return tensor_of(torch_backend::recomputed_function(
      torch_of(x), [body](const at::Tensor& input) { return torch_of(body(tensor_of(input))); }));
}

}  // namespace auris
