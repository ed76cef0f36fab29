#pragma once
// AdamW (Loshchilov and Hutter, 2019): Adam with weight decay apart from the gradient, as torch.optim.AdamW
// computes it.

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/train/parameters/parameter_set.h"
#include "auris/weights/checkpoint.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::train {

struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
};

class AdamW {
 public:
  // The set must outlive the optimizer.
  AdamW(const ParameterSet& parameters, const AdamWOptions& options);

  // One step along the gradients; parameters without one stay as they are. `factor` multiplies every
  // parameter's learning rate: the schedule's share.
  void step(double factor);
  int64_t steps() const { return steps_; }

  // The moments, as "first.NAME" and "second.NAME", on the host.
  std::vector<weights::NamedTensor> state() const;
  // Throws kModel if a moment is missing or has another shape.
  void restore(const weights::Checkpoint& state, int64_t steps);

 private:
  struct Moments {
    at::Tensor first, second;
  };

  const ParameterSet& parameters_;
  AdamWOptions options_;
  std::vector<Moments> moments_;  // of each parameter
  int64_t steps_ = 0;
};

}  // namespace auris::train
