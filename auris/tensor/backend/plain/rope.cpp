#include <algorithm>
#include <cmath>

#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {

Tensor PlainBackend::rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  auto pairs = static_cast<int64_t>(spec.inverse_frequencies.size());
  int64_t heads = x.cols() / spec.head_dim;
  for (int64_t r = 0; r < x.rows(); ++r) {
    for (int64_t head = 0; head < heads; ++head) {
      const float* from = x.data<float>() + r * x.cols() + head * spec.head_dim;
      float* to = y.data<float>() + r * x.cols() + head * spec.head_dim;
      std::copy(from, from + spec.head_dim, to);
      for (int64_t i = 0; i < pairs; ++i) {
        int64_t a = spec.style == RopeStyle::kHalves ? i : 2 * i;
        int64_t b = spec.style == RopeStyle::kHalves ? i + pairs : 2 * i + 1;
        // The angle is f32, as in the reference implementations.
        double angle = static_cast<float>(positions[r]) * spec.inverse_frequencies[i];
        double c = std::cos(angle) * spec.magnitude, s = std::sin(angle) * spec.magnitude;
        to[a] = static_cast<float>(from[a] * c - from[b] * s);
        to[b] = static_cast<float>(from[a] * s + from[b] * c);
      }
    }
  }
  return y;
}

}  // namespace auris
