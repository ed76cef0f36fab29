#pragma once
// Mixed precision: while a guard lives, the factors of matrix products, attention and convolutions on this
// thread's torch backends are rounded to bf16 and their results widened again. Weights stay f32 and so do
// norms, softmax, residuals and gradients of weights. What it is for is the tensor cores of GPUs; on the CPU
// it works too, slower.
//
//   torch_backend::Autocast mixed;             // until the end of the scope
//   Tensor logits = model.logits(hidden);

namespace auris::torch_backend {

class Autocast {
 public:
  explicit Autocast(bool enabled = true);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool before_;
};

bool is_autocasting();

}  // namespace auris::torch_backend
