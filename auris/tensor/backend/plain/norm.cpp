#include <cmath>

#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {

Tensor PlainBackend::rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  std::vector<float> w = floats_of(weight);
  int64_t cols = x.cols();
  for (int64_t r = 0; r < x.rows(); ++r) {
    const float* row = x.data<float>() + r * cols;
    double squares = 0.0;
    for (int64_t i = 0; i < cols; ++i) squares += static_cast<double>(row[i]) * static_cast<double>(row[i]);
    double factor = 1.0 / std::sqrt(squares / static_cast<double>(cols) + static_cast<double>(eps));
    for (int64_t i = 0; i < cols; ++i) {
      y.data<float>()[r * cols + i] =
          static_cast<float>(row[i] * factor * (static_cast<double>(weight_offset) + w[i]));
    }
  }
  return y;
}

Tensor PlainBackend::layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  std::vector<float> w = floats_of(weight), b = floats_of(bias);
  int64_t cols = x.cols();
  for (int64_t r = 0; r < x.rows(); ++r) {
    const float* row = x.data<float>() + r * cols;
    double mean = 0.0, variance = 0.0;
    for (int64_t i = 0; i < cols; ++i) mean += row[i];
    mean /= static_cast<double>(cols);
    for (int64_t i = 0; i < cols; ++i) variance += (row[i] - mean) * (row[i] - mean);
    double factor = 1.0 / std::sqrt(variance / static_cast<double>(cols) + static_cast<double>(eps));
    for (int64_t i = 0; i < cols; ++i) {
      y.data<float>()[r * cols + i] = static_cast<float>((row[i] - mean) * factor * w[i] + b[i]);
    }
  }
  return y;
}

}  // namespace auris
