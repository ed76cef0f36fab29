#include <ATen/ops/linear.h>

#include "auris/tensor/backend/torch/activation.h"
#include "auris/tensor/backend/torch/arguments.h"
#include "auris/tensor/backend/torch/torch_backend.h"
#include "auris/tensor/backend/torch/torch_tensor.h"

namespace auris {

using torch_backend::factor_of;
using torch_backend::floats_of;

Tensor TorchBackend::linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) {
  at::Tensor rows = torch_of(x).view({x.rows(), w.in()});
  at::Tensor weight = floats_of(w.weight, rows.device()).view({w.out(), w.in()});
  if (w.row_scale.defined()) weight = weight / floats_of(w.row_scale, rows.device()).view({w.out(), 1});
  at::Tensor bias = floats_of(w.bias, rows.device());
  if (bias.defined()) bias = factor_of(bias.view({w.out()}));
  at::Tensor y = at::linear(factor_of(rows), factor_of(weight), bias).to(at::kFloat);
  y = torch_backend::activated(y, options.activation);
  if (options.residual.defined()) y = y + floats_of(options.residual, y.device()).view(y.sizes());
  return tensor_of(y);
}

}  // namespace auris
