#pragma once
// One-dimensional convolution along the rows of each span.

#include "auris/tensor/ops/linear.h"
#include "auris/tensor/row_layout.h"
#include "auris/tensor/tensor.h"

namespace auris {

struct Conv1dOptions {
  int stride = 1;
  int padding = 0;  // zero frames before and behind every span
  Activation activation = Activation::kNone;
};

// Rows of a span of `rows` frames after a convolution with `kernel` taps.
int64_t conv1d_rows(int64_t rows, int kernel, const Conv1dOptions& options);
RowLayout conv1d_layout(const RowLayout& layout, int kernel, const Conv1dOptions& options);

namespace ops {

// x [rows, in], weight [out, in, kernel] (the order of PyTorch), bias [out] or undefined ->
// [rows of conv1d_layout, out].
Tensor conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias, const RowLayout& layout,
              const Conv1dOptions& options);

}  // namespace ops
}  // namespace auris
