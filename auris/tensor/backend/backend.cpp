#include "auris/tensor/backend/backend.h"

#include "auris/tensor/ops/elementwise.h"

namespace auris {

ops::Qkv Backend::linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                             const LinearWeights& v) {
  return {linear(x, q, {}), linear(x, k, {}), linear(x, v, {})};
}

Tensor Backend::gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                             Activation activation) {
  LinearOptions options;
  options.activation = activation;
  return multiply(linear(x, gate, options), linear(x, up, {}));
}

Backend& backend_of(Device device) {
  switch (device) {
    case Device::kCpu: return cpu_backend();
    case Device::kPlain: return plain_backend();
  }
  fail_invariant("a known device", __FILE__, __LINE__);
}

}  // namespace auris
