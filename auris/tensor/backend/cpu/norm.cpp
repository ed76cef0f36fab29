#include "auris/tensor/ops/norm.h"

#include <cmath>

#include "auris/tensor/backend/cpu/cpu_backend.h"
#include "auris/tensor/backend/cpu/row_chunks.h"
#include "auris/tensor/backend/cpu/scratch.h"
#include "auris/tensor/dequantize.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/norm.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

// y[i] = (x[i] - mean) * factor * weight[i] + bias[i]
HWY_INLINE void affine_row(const float* x, float mean, float factor, const float* weight, const float* bias,
                           int64_t cols, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= cols; i += kLanes) {
    const Vec v = hn::Mul(hn::Sub(load(x + i), broadcast(mean)), broadcast(factor));
    store(hn::MulAdd(v, load(weight + i), load(bias + i)), y + i);
  }
  for (; i < cols; ++i) y[i] = (x[i] - mean) * factor * weight[i] + bias[i];
}

void rms_norm_rows(const float* x, const float* weight, float eps, int64_t rows, int64_t cols, float* y) {
  for (; rows > 0; --rows, x += cols, y += cols) {
    Vec squares0 = hn::Zero(F32()), squares1 = squares0;
    int64_t i = 0;
    for (; i + 2 * kLanes <= cols; i += 2 * kLanes) {
      squares0 = hn::MulAdd(load(x + i), load(x + i), squares0);
      squares1 = hn::MulAdd(load(x + i + kLanes), load(x + i + kLanes), squares1);
    }
    float total = sum(hn::Add(squares0, squares1));
    for (; i < cols; ++i) total += x[i] * x[i];
    const float factor = 1.0f / std::sqrt(total / static_cast<float>(cols) + eps);
    for (i = 0; i + kLanes <= cols; i += kLanes) {
      store(hn::Mul(hn::Mul(load(x + i), broadcast(factor)), load(weight + i)), y + i);
    }
    for (; i < cols; ++i) y[i] = x[i] * factor * weight[i];
  }
}

void layer_norm_rows(const float* x, const float* weight, const float* bias, float eps, int64_t rows,
                     int64_t cols, float* y) {
  for (; rows > 0; --rows, x += cols, y += cols) {
    Vec sums = hn::Zero(F32());
    int64_t i = 0;
    for (; i + kLanes <= cols; i += kLanes) sums = hn::Add(sums, load(x + i));
    float mean = sum(sums);
    for (; i < cols; ++i) mean += x[i];
    mean /= static_cast<float>(cols);
    Vec squares = hn::Zero(F32());
    for (i = 0; i + kLanes <= cols; i += kLanes) {
      const Vec d = hn::Sub(load(x + i), broadcast(mean));
      squares = hn::MulAdd(d, d, squares);
    }
    float variance = sum(squares);
    for (; i < cols; ++i) variance += (x[i] - mean) * (x[i] - mean);
    variance /= static_cast<float>(cols);
    affine_row(x, mean, 1.0f / std::sqrt(variance + eps), weight, bias, cols, y);
  }
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris {
namespace cpu {
HWY_EXPORT(rms_norm_rows);
HWY_EXPORT(layer_norm_rows);

namespace {

// As f32, in scratch if it is not or if something is added to it.
const float* vector_of(const Tensor& tensor, float offset, float* place) {
  if (tensor.dtype() == DType::kF32 && offset == 0.0f) return tensor.data<float>();
  dequantize(tensor.dtype(), tensor.data<std::byte>(), tensor.elements(), place);
  for (int64_t i = 0; i < tensor.elements(); ++i) place[i] += offset;
  return place;
}

Tensor rms_normed(const Tensor& x, const Tensor& weight, float eps, float weight_offset) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  int64_t cols = x.cols();
  const float* w = vector_of(weight, weight_offset, scratch(Purpose::kVectors, cols));
  auto kernel = HWY_DYNAMIC_DISPATCH(rms_norm_rows);
  for_row_chunks(x.rows(), cols, [&](int64_t row, int64_t rows) {
    kernel(x.data<float>() + row * cols, w, eps, rows, cols, y.data<float>() + row * cols);
  });
  return y;
}

Tensor layer_normed(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  int64_t cols = x.cols();
  float* place = scratch(Purpose::kVectors, 2 * cols);
  const float* w = vector_of(weight, 0.0f, place);
  const float* b = vector_of(bias, 0.0f, place + cols);
  auto kernel = HWY_DYNAMIC_DISPATCH(layer_norm_rows);
  for_row_chunks(x.rows(), cols, [&](int64_t row, int64_t rows) {
    kernel(x.data<float>() + row * cols, w, b, eps, rows, cols, y.data<float>() + row * cols);
  });
  return y;
}

}  // namespace
}  // namespace cpu

Tensor CpuBackend::rms_norm(const Tensor& x, const Tensor& weight, float eps, float weight_offset) {
  return cpu::rms_normed(x, weight, eps, weight_offset);
}
Tensor CpuBackend::layer_norm(const Tensor& x, const Tensor& weight, const Tensor& bias, float eps) {
  return cpu::layer_normed(x, weight, bias, eps);
}

}  // namespace auris
#endif
