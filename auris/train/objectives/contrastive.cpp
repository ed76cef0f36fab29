#include "auris/train/objectives/contrastive.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/matmul.h>

#include "auris/base/error.h"

namespace auris::train {
namespace {

at::Tensor unit_rows(const at::Tensor& rows) { return rows / rows.norm(2, {1}, true).clamp_min(1e-8); }

}  // namespace

at::Tensor contrastive(const at::Tensor& audio, const at::Tensor& text, const ContrastiveOptions& options) {
  AURIS_CHECK(audio.dim() == 2 && audio.sizes() == text.sizes() && audio.size(0) > 0);
  at::Tensor scores = at::matmul(unit_rows(audio), unit_rows(text).t()) / options.temperature;
  at::Tensor own = at::arange(audio.size(0), at::TensorOptions().dtype(at::kLong).device(audio.device()));
  return (at::cross_entropy_loss(scores, own) + at::cross_entropy_loss(scores.t(), own)) / 2;
}

}  // namespace auris::train
