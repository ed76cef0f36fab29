#include "auris/train/objectives/cross_entropy.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "auris/base/error.h"
#include "auris/train/objectives/host_values.h"

namespace auris::train {

LossSum cross_entropy(const at::Tensor& logits, std::span<const int32_t> targets, double label_smoothing) {
  AURIS_CHECK(logits.dim() == 2 && logits.size(0) == static_cast<int64_t>(targets.size()));
  at::Tensor wanted = on_device_of(logits, targets).to(at::kLong);  // [rows]
  at::Tensor surprise =
      at::cross_entropy_loss(logits, wanted, {}, at::Reduction::Sum, /*ignore_index=*/-100, label_smoothing);
  return {.sum = surprise,
          .tokens = logits.size(0),
          .correct = logits.detach().argmax(1).eq(wanted).sum().item<int64_t>()};
}

}  // namespace auris::train
