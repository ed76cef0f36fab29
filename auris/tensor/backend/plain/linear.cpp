#include <cmath>

#include "auris/tensor/backend/plain/plain_backend.h"
#include "auris/tensor/dequantize.h"

namespace auris {

Backend& plain_backend() {
  static PlainBackend backend;
  return backend;
}

std::vector<float> floats_of(const Tensor& tensor) {
  if (!tensor.defined()) return {};
  std::vector<float> values(static_cast<size_t>(tensor.elements()));
  dequantize(tensor.dtype(), tensor.data<std::byte>(), tensor.elements(), values.data());
  return values;
}

double activated(double x, Activation activation) {
  switch (activation) {
    case Activation::kNone: return x;
    case Activation::kGelu: return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
    case Activation::kGeluTanh: {
      double inner = std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x);
      return 0.5 * x * (1.0 + std::tanh(inner));
    }
    case Activation::kSilu: return x / (1.0 + std::exp(-x));
    case Activation::kRelu: return x > 0.0 ? x : 0.0;
  }
  fail_invariant("a known activation", __FILE__, __LINE__);
}

Tensor PlainBackend::linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) {
  int64_t rows = x.rows(), in = w.in(), out = w.out();
  Tensor y = Tensor::empty({rows, out}, DType::kF32, x.device());
  std::vector<float> bias = floats_of(w.bias);
  std::vector<float> weight_row(static_cast<size_t>(in));
  for (int64_t o = 0; o < out; ++o) {
    dequantize(w.weight.dtype(), w.weight.data<std::byte>() + static_cast<size_t>(o) * w.weight.row_bytes(),
               in, weight_row.data());
    double scale = w.row_scale.defined() ? 1.0 / w.row_scale.data<float>()[o] : 1.0;
    for (int64_t r = 0; r < rows; ++r) {
      const float* row = x.data<float>() + r * in;
      double sum = 0.0;
      for (int64_t i = 0; i < in; ++i)
        sum += static_cast<double>(row[i]) * static_cast<double>(weight_row[i]);
      sum = activated(sum * scale + (bias.empty() ? 0.0 : bias[o]), options.activation);
      if (options.residual.defined()) sum += options.residual.data<float>()[r * out + o];
      y.data<float>()[r * out + o] = static_cast<float>(sum);
    }
  }
  return y;
}

}  // namespace auris
