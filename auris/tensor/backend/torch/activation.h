#pragma once

#include <ATen/core/Tensor.h>

#include "auris/tensor/ops/linear.h"

namespace auris::torch_backend {

at::Tensor activated(const at::Tensor& x, Activation activation);

}  // namespace auris::torch_backend
