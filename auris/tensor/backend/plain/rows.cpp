#include "auris/tensor/ops/rows.h"

#include <algorithm>

#include "auris/tensor/backend/plain/plain_backend.h"
#include "auris/tensor/dequantize.h"

namespace auris {

Tensor PlainBackend::embedding(const Tensor& table, std::span<const int32_t> ids) {
  int64_t cols = table.cols();
  Tensor y = Tensor::empty({static_cast<int64_t>(ids.size()), cols}, DType::kF32, table.device());
  for (size_t i = 0; i < ids.size(); ++i) {
    dequantize(table.dtype(), table.data<std::byte>() + static_cast<size_t>(ids[i]) * table.row_bytes(), cols,
               y.data<float>() + static_cast<int64_t>(i) * cols);
  }
  return y;
}

Tensor PlainBackend::gather_rows(const Tensor& x, std::span<const int32_t> indices) {
  int64_t cols = x.cols();
  Tensor y = Tensor::empty({static_cast<int64_t>(indices.size()), cols}, DType::kF32, x.device());
  float* to = y.data<float>();
  for (int32_t index : indices) to = std::copy_n(x.data<float>() + index * cols, cols, to);
  return y;
}

Tensor PlainBackend::place_rows(const Tensor& base, std::span<const int32_t> indices, const Tensor& rows) {
  int64_t cols = base.cols();
  Tensor y = Tensor::empty(base.shape(), DType::kF32, base.device());
  std::copy_n(base.data<float>(), base.elements(), y.data<float>());
  const float* from = rows.data<float>();
  for (int32_t index : indices) {
    std::copy_n(from, cols, y.data<float>() + index * cols);
    from += cols;
  }
  return y;
}

Tensor PlainBackend::concat_rows(const Tensor& x, const Tensor& y) {
  Tensor z = Tensor::empty({x.rows() + y.rows(), x.cols()}, DType::kF32, x.device());
  float* to = std::copy_n(x.data<float>(), x.elements(), z.data<float>());
  std::copy_n(y.data<float>(), y.elements(), to);
  return z;
}

Tensor PlainBackend::stack_rows(const Tensor& x, const RowLayout& layout, int factor) {
  RowLayout result = pooled_layout(layout, factor);
  int64_t cols = x.cols();
  Tensor y = Tensor::zeros({result.rows(), cols * factor}, DType::kF32, x.device());
  for (size_t s = 0; s < layout.spans.size(); ++s) {
    const RowSpan& from = layout.spans[s];
    std::copy_n(x.data<float>() + from.row_begin * cols, from.row_count * cols,
                y.data<float>() + result.spans[s].row_begin * cols * factor);
  }
  return y;
}

Tensor PlainBackend::average_rows(const Tensor& x, const RowLayout& layout, int factor) {
  int64_t cols = x.cols(), rows = 0;
  for (const RowSpan& span : layout.spans) rows += span.row_count / factor;
  Tensor y = Tensor::empty({rows, cols}, DType::kF32, x.device());
  float* to = y.data<float>();
  for (const RowSpan& span : layout.spans) {
    for (int64_t group = 0; group < span.row_count / factor; ++group) {
      const float* from = x.data<float>() + (span.row_begin + group * factor) * cols;
      for (int64_t i = 0; i < cols; ++i) {
        double sum = 0.0;
        for (int64_t k = 0; k < factor; ++k) sum += from[k * cols + i];
        *to++ = static_cast<float>(sum / factor);
      }
    }
  }
  return y;
}

}  // namespace auris
