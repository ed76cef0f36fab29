#pragma once
// What the parts of the cpu backend tell each other about matrix products: y = activation(x W^T + bias) +
// residual, or y = activation(x W^T + bias) * (x U^T + bias of U).
//
// Which bits come out: a row's result does not depend on the other rows, on the number of threads or on the
// place of the row, as long as the product has 1 to kFewRows rows; and again (other bits, as sums are taken
// in another order) as long as it has more than kFewRows rows.

#include <array>
#include <cstdint>
#include <span>

#include "auris/tensor/ops/linear.h"

namespace auris::cpu {

constexpr int64_t kFewRows = 12;

struct WeightRows {
  const uint8_t* data = nullptr;  // [out, in]
  size_t row_bytes = 0;
  DType dtype = DType::kF32;
  const float* bias = nullptr;   // [out] or null
  const float* scale = nullptr;  // [out] or null: sums are divided by it
};

struct Product {
  WeightRows weights;
  WeightRows up;  // data is null for a product without a gate
  int64_t out = 0;
  float* y = nullptr;  // [rows, out]
  Activation activation = Activation::kNone;
  const float* residual = nullptr;  // [rows, out] or null
};

// The rows of the left side. Rows of a convolution are windows over frames: element in * kernel + tap of row
// r is element `in` of frame r * stride - padding + tap, zero outside of [0, frames).
struct InputRows {
  const float* x = nullptr;
  int64_t rows = 0;
  int64_t cols = 0;  // of the product: the weights' columns
  int64_t kernel = 0, stride = 0, padding = 0,
          frames = 0;  // kernel > 0: a convolution over x [frames, cols / kernel]
};

// Computes all products of one input (at most kMaxProducts), in parallel.
constexpr size_t kMaxProducts = 3;
void multiply(const InputRows& input, std::span<const Product> products);

// The two ways to do it.
void multiply_few(const InputRows& input, std::span<const Product> products);  // no convolution
void multiply_many(const InputRows& input, std::span<const Product> products);

// The parts into which products are cut, one product after the other.
struct Part {
  size_t product;
  int64_t index;  // within the product
};
inline Part part_of(const std::array<int64_t, kMaxProducts>& parts, int64_t i) {
  size_t product = 0;
  while (i >= parts[product]) i -= parts[product++];
  return {product, i};
}

}  // namespace auris::cpu
