#include "auris/tensor/backend/cpu/product.h"

namespace auris::cpu {

void multiply(const InputRows& input, std::span<const Product> products) {
  if (input.rows == 0) return;
  if (input.rows <= kFewRows && input.kernel == 0) return multiply_few(input, products);
  multiply_many(input, products);
}

}  // namespace auris::cpu
