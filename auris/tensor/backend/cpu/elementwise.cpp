#include "auris/tensor/ops/elementwise.h"

#include <algorithm>
#include <cmath>

#include "auris/tensor/backend/cpu/cpu_backend.h"
#include "auris/tensor/backend/cpu/row_chunks.h"
#include "auris/tensor/float16.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "auris/tensor/backend/cpu/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "auris/tensor/backend/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

HWY_INLINE Vec load_as(DType dtype, const std::byte* from, int64_t i) {
  if (dtype == DType::kF16) return load_f16(reinterpret_cast<const uint16_t*>(from) + i);
  if (dtype == DType::kBF16) return load_bf16(reinterpret_cast<const uint16_t*>(from) + i);
  return load(reinterpret_cast<const float*>(from) + i);
}

HWY_INLINE float read_as(DType dtype, const std::byte* from, int64_t i) {
  if (dtype == DType::kF16) return f16_to_f32(reinterpret_cast<const uint16_t*>(from)[i]);
  if (dtype == DType::kBF16) return bf16_to_f32(reinterpret_cast<const uint16_t*>(from)[i]);
  return reinterpret_cast<const float*>(from)[i];
}

void combine_row(const float* a, const std::byte* b, DType dtype, bool product, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Vec v = load(a + i), w = load_as(dtype, b, i);
    store(product ? hn::Mul(v, w) : hn::Add(v, w), y + i);
  }
  for (; i < count; ++i) y[i] = product ? a[i] * read_as(dtype, b, i) : a[i] + read_as(dtype, b, i);
}

void scale_row(const float* x, float factor, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(hn::Mul(load(x + i), broadcast(factor)), y + i);
  for (; i < count; ++i) y[i] = x[i] * factor;
}

void activate_row(const float* x, Activation activation, int64_t count, float* y) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) store(activate(load(x + i), activation), y + i);
  if (i == count) return;
  alignas(64) float tail[16] = {};
  std::copy_n(x + i, count - i, tail);
  store(activate(load(tail), activation), tail);
  std::copy_n(tail, count - i, y + i);
}

void log_softmax_row(const float* x, int64_t count, float* y) {
  float top = x[0];
  Vec tops = broadcast(top);
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) tops = hn::Max(tops, load(x + i));
  for (top = largest(tops); i < count; ++i) top = HWY_MAX(top, x[i]);
  double total = 0.0;
  for (i = 0; i + kLanes <= count;) {
    Vec sums = hn::Zero(F32());
    const int64_t end = HWY_MIN(count, i + 64 * kLanes);  // few enough for f32
    for (; i + kLanes <= end; i += kLanes) sums = hn::Add(sums, exp(hn::Sub(load(x + i), broadcast(top))));
    total += static_cast<double>(sum(sums));
  }
  for (; i < count; ++i) total += std::exp(static_cast<double>(x[i] - top));
  const auto shift = static_cast<float>(std::log(total));
  for (i = 0; i + kLanes <= count; i += kLanes) {
    store(hn::Sub(hn::Sub(load(x + i), broadcast(top)), broadcast(shift)), y + i);
  }
  for (; i < count; ++i) y[i] = x[i] - top - shift;
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace auris {
namespace cpu {
HWY_EXPORT(combine_row);
HWY_EXPORT(scale_row);
HWY_EXPORT(activate_row);
HWY_EXPORT(log_softmax_row);
namespace {

// y[i] = kernel(x[i]) over all elements, cut into chunks without regard to rows.
template <typename Kernel>
Tensor each_element(const Tensor& x, const Kernel& kernel) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  for_row_chunks((x.elements() + 1023) / 1024, 1024, [&](int64_t first, int64_t count) {
    int64_t begin = first * 1024, end = std::min(x.elements(), (first + count) * 1024);
    kernel(x.data<float>() + begin, end - begin, y.data<float>() + begin);
  });
  return y;
}

Tensor combine(const Tensor& x, const Tensor& y, bool product) {
  Tensor z = Tensor::empty(x.shape(), DType::kF32, x.device());
  int64_t cols = x.cols();
  size_t step = y.elements() == x.elements() ? y.row_bytes() : 0;  // or one row for all
  auto kernel = HWY_DYNAMIC_DISPATCH(combine_row);
  for_row_chunks(x.rows(), cols, [&](int64_t first, int64_t rows) {
    for (int64_t row = first; row < first + rows; ++row) {
      kernel(x.data<float>() + row * cols, y.data<std::byte>() + static_cast<size_t>(row) * step, y.dtype(),
             product, cols, z.data<float>() + row * cols);
    }
  });
  return z;
}

Tensor scaled(const Tensor& x, float factor) {
  auto kernel = HWY_DYNAMIC_DISPATCH(scale_row);
  return each_element(x,
                      [&](const float* from, int64_t count, float* to) { kernel(from, factor, count, to); });
}

Tensor activated(const Tensor& x, Activation activation) {
  auto kernel = HWY_DYNAMIC_DISPATCH(activate_row);
  return each_element(
      x, [&](const float* from, int64_t count, float* to) { kernel(from, activation, count, to); });
}

Tensor log_softmax_of(const Tensor& x) {
  Tensor y = Tensor::empty(x.shape(), DType::kF32, x.device());
  int64_t cols = x.cols();
  auto kernel = HWY_DYNAMIC_DISPATCH(log_softmax_row);
  for_row_chunks(x.rows(), cols, [&](int64_t first, int64_t rows) {
    for (int64_t row = first; row < first + rows; ++row) {
      kernel(x.data<float>() + row * cols, cols, y.data<float>() + row * cols);
    }
  });
  return y;
}

}  // namespace
}  // namespace cpu

Tensor CpuBackend::add(const Tensor& x, const Tensor& y) { return cpu::combine(x, y, false); }
Tensor CpuBackend::multiply(const Tensor& x, const Tensor& y) { return cpu::combine(x, y, true); }
Tensor CpuBackend::scale(const Tensor& x, float factor) { return cpu::scaled(x, factor); }
Tensor CpuBackend::activate(const Tensor& x, Activation activation) { return cpu::activated(x, activation); }
Tensor CpuBackend::log_softmax(const Tensor& x) { return cpu::log_softmax_of(x); }

}  // namespace auris
#endif
