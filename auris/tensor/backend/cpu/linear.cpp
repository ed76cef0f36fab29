#include <array>

#include "auris/tensor/backend/cpu/cpu_backend.h"
#include "auris/tensor/backend/cpu/product.h"
#include "auris/tensor/backend/cpu/scratch.h"
#include "auris/tensor/dequantize.h"

namespace auris {
namespace {

using cpu::Product;
using cpu::Purpose;
using cpu::WeightRows;

// Biases as f32: those that are not are converted into scratch, one behind the other.
class Biases {
 public:
  explicit Biases(int64_t floats) : next_(cpu::scratch(Purpose::kVectors, floats)) {}

  const float* floats_of(const Tensor& bias) {
    if (!bias.defined()) return nullptr;
    if (bias.dtype() == DType::kF32) return bias.data<float>();
    float* values = next_;
    next_ += bias.elements();
    dequantize(bias.dtype(), bias.data<std::byte>(), bias.elements(), values);
    return values;
  }

 private:
  float* next_;
};

WeightRows rows_of(const LinearWeights& w, Biases& biases) {
  return {.data = reinterpret_cast<const uint8_t*>(w.weight.data<std::byte>()),
          .row_bytes = w.weight.row_bytes(),
          .dtype = w.weight.dtype(),
          .bias = biases.floats_of(w.bias),
          .scale = w.row_scale.defined() ? w.row_scale.data<float>() : nullptr};
}

Product product_of(const LinearWeights& w, Biases& biases, Tensor& y) {
  Product product;
  product.weights = rows_of(w, biases);
  product.out = w.out();
  product.y = y.data<float>();
  return product;
}

Tensor result_of(const Tensor& x, int64_t out) {
  return Tensor::empty({x.rows(), out}, DType::kF32, x.device());
}

cpu::InputRows input_of(const Tensor& x) {
  cpu::InputRows input;
  input.x = x.data<float>();
  input.rows = x.rows();
  input.cols = x.cols();
  return input;
}

}  // namespace

Tensor CpuBackend::linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options) {
  Tensor y = result_of(x, w.out());
  Biases biases(w.out());
  Product product = product_of(w, biases, y);
  product.activation = options.activation;
  product.residual = options.residual.defined() ? options.residual.data<float>() : nullptr;
  cpu::multiply(input_of(x), {&product, 1});
  return y;
}

ops::Qkv CpuBackend::linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k,
                                const LinearWeights& v) {
  ops::Qkv result = {result_of(x, q.out()), result_of(x, k.out()), result_of(x, v.out())};
  Biases biases(q.out() + k.out() + v.out());
  std::array<Product, 3> products = {product_of(q, biases, result.q), product_of(k, biases, result.k),
                                     product_of(v, biases, result.v)};
  cpu::multiply(input_of(x), products);
  return result;
}

Tensor CpuBackend::gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                                Activation activation) {
  Tensor y = result_of(x, gate.out());
  Biases biases(gate.out() + up.out());
  Product product = product_of(gate, biases, y);
  product.up = rows_of(up, biases);
  product.activation = activation;
  cpu::multiply(input_of(x), {&product, 1});
  return y;
}

// Every span is a product of its own: its rows are windows over its frames.
Tensor CpuBackend::conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
                          const Conv1dOptions& options) {
  int64_t out = weight.shape()[0], in = weight.shape()[1], kernel = weight.shape()[2];
  RowLayout result = conv1d_layout(layout, static_cast<int>(kernel), options);
  Tensor y = Tensor::empty({result.rows(), out}, DType::kF32, x.device());
  Biases biases(out);
  LinearWeights w{.weight = weight.reshape({out, in * kernel}), .bias = bias, .row_scale = {}};
  Product product = product_of(w, biases, y);
  product.activation = options.activation;
  for (size_t s = 0; s < layout.spans.size(); ++s) {
    const RowSpan& span = layout.spans[s];
    product.y = y.data<float>() + result.spans[s].row_begin * out;
    cpu::InputRows input = {.x = x.data<float>() + span.row_begin * in,
                            .rows = result.spans[s].row_count,
                            .cols = in * kernel,
                            .kernel = kernel,
                            .stride = options.stride,
                            .padding = options.padding,
                            .frames = span.row_count};
    cpu::multiply(input, {&product, 1});
  }
  return y;
}

}  // namespace auris
