#include "auris/weights/stored_tensor.h"

#include <cmath>

#include "auris/base/error.h"
#include "auris/tensor/float16.h"

namespace auris::weights {

Tensor stored_as(DType dtype, const std::string& name, const Tensor& tensor) {
  AURIS_CHECK(dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16);
  if (dtype == DType::kF32) return tensor;
  Tensor stored = Tensor::empty(tensor.shape(), dtype);
  const float* values = tensor.data<float>();
  for (int64_t i = 0; i < tensor.elements(); ++i) {
    const uint16_t bits = dtype == DType::kF16 ? f32_to_f16(values[i]) : f32_to_bf16(values[i]);
    if (dtype == DType::kF16 && std::isfinite(values[i]) && !std::isfinite(f16_to_f32(bits))) {
      throw Error(ErrorCode::kUsage, {.where = quoted(name),
                                      .expected = "numbers that f16 can hold",
                                      .got = std::to_string(values[i]),
                                      .hint = "write bf16 or f32"});
    }
    stored.data<uint16_t>()[i] = bits;
  }
  return stored;
}

}  // namespace auris::weights
