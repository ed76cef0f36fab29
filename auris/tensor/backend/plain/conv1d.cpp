#include "auris/tensor/backend/plain/plain_backend.h"

namespace auris {

Tensor PlainBackend::conv1d(const Tensor& x, const Tensor& weight, const Tensor& bias,
                            const RowLayout& layout, const Conv1dOptions& options) {
  int64_t out = weight.shape()[0], in = weight.shape()[1], kernel = weight.shape()[2];
  RowLayout result = conv1d_layout(layout, static_cast<int>(kernel), options);
  Tensor y = Tensor::empty({result.rows(), out}, DType::kF32, x.device());
  std::vector<float> w = floats_of(weight), b = floats_of(bias);
  for (size_t s = 0; s < layout.spans.size(); ++s) {
    const RowSpan& from = layout.spans[s];
    const RowSpan& to = result.spans[s];
    for (int64_t row = 0; row < to.row_count; ++row) {
      for (int64_t o = 0; o < out; ++o) {
        double sum = b.empty() ? 0.0 : b[o];
        for (int64_t tap = 0; tap < kernel; ++tap) {
          int64_t frame = row * options.stride + tap - options.padding;
          if (frame < 0 || frame >= from.row_count) continue;
          const float* values = x.data<float>() + (from.row_begin + frame) * in;
          for (int64_t i = 0; i < in; ++i) {
            sum += static_cast<double>(values[i]) * static_cast<double>(w[(o * in + i) * kernel + tap]);
          }
        }
        y.data<float>()[(to.row_begin + row) * out + o] =
            static_cast<float>(activated(sum, options.activation));
      }
    }
  }
  return y;
}

}  // namespace auris
