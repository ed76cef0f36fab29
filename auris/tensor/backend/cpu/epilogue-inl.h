// What happens to the sums of a product before they are its result. Compiled once per Highway target.

#if defined(AURIS_TENSOR_BACKEND_CPU_EPILOGUE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AURIS_TENSOR_BACKEND_CPU_EPILOGUE_INL_H_
#undef AURIS_TENSOR_BACKEND_CPU_EPILOGUE_INL_H_
#else
#define AURIS_TENSOR_BACKEND_CPU_EPILOGUE_INL_H_
#endif

#include <algorithm>

#include "auris/tensor/backend/cpu/product.h"
#include "auris/tensor/backend/cpu/vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace auris::cpu::HWY_NAMESPACE {

// One vector of columns of one row. Pointers are null for what the product does not have.
struct EpilogueInputs {
  const float* sums;
  const float* scale;
  const float* bias;
  const float* up;
  const float* up_scale;
  const float* up_bias;
  const float* residual;
};

HWY_INLINE Vec finish(const EpilogueInputs& in, Activation activation) {
  Vec y = load(in.sums);
  if (in.scale) y = hn::Div(y, load(in.scale));
  if (in.bias) y = hn::Add(y, load(in.bias));
  y = activate(y, activation);
  if (in.up) {
    Vec up = load(in.up);
    if (in.up_scale) up = hn::Div(up, load(in.up_scale));
    if (in.up_bias) up = hn::Add(up, load(in.up_bias));
    y = hn::Mul(y, up);
  }
  if (in.residual) y = hn::Add(y, load(in.residual));
  return y;
}

HWY_INLINE const float* moved(const float* from, int64_t by) { return from ? from + by : nullptr; }

// Fewer columns than a vector has: through copies, so that the arithmetic is the same.
HWY_NOINLINE inline void finish_tail(const EpilogueInputs& in, Activation activation, float* y,
                                     int64_t count) {
  alignas(64) float copies[7][16];
  const float* sources[7] = {in.sums, in.scale, in.bias, in.up, in.up_scale, in.up_bias, in.residual};
  for (int i = 0; i < 7; ++i) {
    if (!sources[i]) continue;
    std::fill(std::copy_n(sources[i], count, copies[i]), copies[i] + 16, 1.0f);
    sources[i] = copies[i];
  }
  alignas(64) float result[16];
  store(finish({sources[0], sources[1], sources[2], sources[3], sources[4], sources[5], sources[6]},
               activation),
        result);
  std::copy_n(result, count, y);
}

// Columns [column, column + count) of one row: y holds the sums and receives the results; up holds the sums
// of the gated product's other half.
HWY_INLINE void finish_row(const Product& product, int64_t row, int64_t column, int64_t count, float* y,
                           const float* up) {
  EpilogueInputs in = {y,
                       moved(product.weights.scale, column),
                       moved(product.weights.bias, column),
                       up,
                       up ? moved(product.up.scale, column) : nullptr,
                       up ? moved(product.up.bias, column) : nullptr,
                       moved(product.residual, row * product.out + column)};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    EpilogueInputs at = {in.sums + i,           moved(in.scale, i),   moved(in.bias, i),    moved(in.up, i),
                         moved(in.up_scale, i), moved(in.up_bias, i), moved(in.residual, i)};
    store(finish(at, product.activation), y + i);
  }
  if (i == count) return;
  EpilogueInputs at = {in.sums + i,           moved(in.scale, i),   moved(in.bias, i),    moved(in.up, i),
                       moved(in.up_scale, i), moved(in.up_bias, i), moved(in.residual, i)};
  finish_tail(at, product.activation, y + i, count - i);
}

HWY_INLINE bool has_epilogue(const Product& product) {
  return product.weights.scale || product.weights.bias || product.activation != Activation::kNone ||
         product.up.data || product.residual;
}

}  // namespace auris::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif
