#pragma once
// While a guard lives, ops::recomputed on this thread's torch backends keeps no activations but computes them
// again in the backward pass, which may come when the guard is gone.
//
//   torch_backend::Recomputation again;        // until the end of the scope
//   Tensor logits = model.logits(hidden);

namespace auris::torch_backend {

class Recomputation {
 public:
  explicit Recomputation(bool enabled = true);
  ~Recomputation();
  Recomputation(const Recomputation&) = delete;
  Recomputation& operator=(const Recomputation&) = delete;

 private:
  bool before_;
};

}  // namespace auris::torch_backend
