#pragma once
// Normalisation over the last dimension.

#include "auris/tensor/tensor.h"

namespace auris::ops {

// x / sqrt(mean(x^2) + eps) * (weight_offset + weight). weight [cols] in f32, f16 or bf16; Gemma stores
// weight - 1, so its weight_offset is 1. (RMSNorm, Zhang and Sennrich, 2019.)
Tensor rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset = 0.0f);

// (x - mean) / sqrt(variance + eps) * weight + bias, with the biased variance. (LayerNorm, Ba et al., 2016.)
Tensor layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps);

}  // namespace auris::ops
