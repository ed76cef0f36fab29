#include "auris/train/objectives/distillation.h"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/log_softmax.h>

#include "auris/base/error.h"
#include "auris/tensor/float16.h"
#include "auris/train/objectives/host_values.h"

namespace auris::train {
namespace {

// [rows, tokens] both -> [rows]
at::Tensor divergence_of(const at::Tensor& logits, const at::Tensor& taught, double temperature) {
  at::Tensor wanted = at::log_softmax(taught / temperature, 1);
  at::Tensor found = at::log_softmax(logits / temperature, 1);
  return (wanted.exp() * (wanted - found)).sum(1) * (temperature * temperature);
}

}  // namespace

LossSum distillation(const at::Tensor& logits, const data::AnswerLogits& teacher,
                     const DistillationOptions& options) {
  auto rows = static_cast<int64_t>(teacher.tokens.size());
  AURIS_CHECK(logits.dim() == 2 && logits.size(0) == rows && options.temperature > 0.0);
  std::vector<float> logprobs;
  logprobs.reserve(teacher.top_logprobs.size());
  for (uint16_t half : teacher.top_logprobs) logprobs.push_back(f16_to_f32(half));

  int64_t top = teacher.top;
  at::Tensor ids =  // [rows, top]
      on_device_of(logits, std::span<const int32_t>(teacher.top_ids)).to(at::kLong).view({rows, top});
  at::Tensor taught = on_device_of(logits, std::span<const float>(logprobs)).view({rows, top});
  at::Tensor divergence = divergence_of(logits.gather(1, ids), taught, options.temperature);  // [rows]
  if (options.last_row_weight != 1.0) {
    std::vector<float> weights(teacher.tokens.size(), 1.0f);
    weights.back() = static_cast<float>(options.last_row_weight);
    divergence = divergence * on_device_of(logits, std::span<const float>(weights));
  }
  at::Tensor tokens = on_device_of(logits, std::span<const int32_t>(teacher.tokens)).to(at::kLong);
  return {.sum = divergence.sum(),
          .tokens = rows,
          .correct = logits.detach().argmax(1).eq(tokens).sum().item<int64_t>()};
}

at::Tensor full_distillation(const at::Tensor& logits, const at::Tensor& taught,
                             const DistillationOptions& options) {
  AURIS_CHECK(logits.sizes() == taught.sizes() && options.last_row_weight == 1.0);
  return divergence_of(logits, taught, options.temperature).sum();
}

}  // namespace auris::train
