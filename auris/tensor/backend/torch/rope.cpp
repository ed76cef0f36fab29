#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {

Tensor TorchBackend::rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) {
  at::Tensor rows = torch_of(x);
  auto pairs = static_cast<int64_t>(spec.inverse_frequencies.size());
  at::Tensor frequencies = at::tensor(spec.inverse_frequencies, at::kFloat).to(rows.device());
  // [rows, 1, pairs], the same for every head; the angle is f32, as in the reference implementations.
  at::Tensor angle =
      torch_backend::indices_of(positions, rows.device()).to(at::kFloat).view({-1, 1, 1}) * frequencies;
  at::Tensor c = angle.cos() * spec.magnitude, s = angle.sin() * spec.magnitude;

  at::Tensor heads = rows.view({x.rows(), x.cols() / spec.head_dim, spec.head_dim});
  at::Tensor rotary = heads.narrow(-1, 0, 2 * pairs);
  at::Tensor rest = heads.narrow(-1, 2 * pairs, spec.head_dim - 2 * pairs);
  if (spec.style == RopeStyle::kHalves) {
    at::Tensor a = rotary.narrow(-1, 0, pairs), b = rotary.narrow(-1, pairs, pairs);
    return tensor_of(at::cat({a * c - b * s, a * s + b * c, rest}, -1).view(rows.sizes()));
  }
  at::Tensor couples = rotary.unflatten(-1, {pairs, 2});
  at::Tensor a = couples.select(-1, 0), b = couples.select(-1, 1);
  at::Tensor turned = at::stack({a * c - b * s, a * s + b * c}, -1).flatten(-2);
  return tensor_of(at::cat({turned, rest}, -1).view(rows.sizes()));
}

}  // namespace auris
