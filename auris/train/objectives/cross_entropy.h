#pragma once
// How surprised a model is by the tokens that it should have written.

#include <cstdint>
#include <span>

#include <ATen/core/Tensor.h>

namespace auris::train {

// Sums over rows, so that batches of any make-up add up before they are divided.
struct LossSum {
  at::Tensor sum;       // nats, with a gradient
  int64_t tokens = 0;   // rows
  int64_t correct = 0;  // rows whose likeliest token is the target
};

// logits [rows, vocab] f32; targets [rows]. `label_smoothing`: the share of each target that all tokens get
// (torch's).
LossSum cross_entropy(const at::Tensor& logits, std::span<const int32_t> targets,
                      double label_smoothing = 0.0);

}  // namespace auris::train
