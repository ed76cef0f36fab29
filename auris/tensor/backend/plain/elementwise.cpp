#include <algorithm>
#include <cmath>

#include "auris/tensor/backend/plain/plain_backend.h"
#include "auris/tensor/dequantize.h"

namespace auris {
namespace {

// y[i] = function(x[i], other[i modulo its size])
template <typename Function>
Tensor combine(const Tensor& x, const Tensor& other, Function function) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  std::vector<float> values = floats_of(other);
  for (int64_t i = 0; i < x.elements(); ++i) {
    y.data<float>()[i] = function(x.data<float>()[i], values[static_cast<size_t>(i) % values.size()]);
  }
  return y;
}

template <typename Function>
Tensor transform(const Tensor& x, Function function) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  std::transform(x.data<float>(), x.data<float>() + x.elements(), y.data<float>(), function);
  return y;
}

}  // namespace

Tensor PlainBackend::add(const Tensor& x, const Tensor& y) {
  return combine(x, y, [](float a, float b) { return a + b; });
}

Tensor PlainBackend::multiply(const Tensor& x, const Tensor& y) {
  return combine(x, y, [](float a, float b) { return a * b; });
}

Tensor PlainBackend::scale(const Tensor& x, float factor) {
  return transform(x, [factor](float a) { return a * factor; });
}

Tensor PlainBackend::activate(const Tensor& x, Activation activation) {
  return transform(x, [activation](float a) { return static_cast<float>(activated(a, activation)); });
}

Tensor PlainBackend::to_f32(const Tensor& x, const Tensor& row_scale) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  dequantize(x.dtype(), x.data<std::byte>(), x.elements(), y.data<float>());
  if (!row_scale.defined()) return y;
  for (int64_t i = 0; i < y.elements(); ++i) y.data<float>()[i] /= row_scale.data<float>()[i / x.cols()];
  return y;
}

Tensor PlainBackend::log_softmax(const Tensor& x) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  int64_t cols = x.cols();
  for (int64_t r = 0; r < x.rows(); ++r) {
    const float* row = x.data<float>() + r * cols;
    double largest = *std::max_element(row, row + cols), total = 0.0;
    for (int64_t i = 0; i < cols; ++i) total += std::exp(row[i] - largest);
    double shift = largest + std::log(total);
    for (int64_t i = 0; i < cols; ++i) y.data<float>()[r * cols + i] = static_cast<float>(row[i] - shift);
  }
  return y;
}

}  // namespace auris
