#include "auris/tensor/ops/rope.h"

#include <fmt/format.h>

#include "auris/tensor/backend/backend.h"
#include "auris/tensor/ops/checks.h"

namespace auris::ops {

Tensor rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec) {
  expect_type("rope", "x", x, DType::kF32);
  expect_rows("rope", "x", x, static_cast<int64_t>(positions.size()));
  auto rotary_dim = static_cast<int64_t>(spec.inverse_frequencies.size()) * 2;
  if (spec.head_dim <= 0 || x.cols() % spec.head_dim != 0 || rotary_dim > spec.head_dim) {
    fail_argument("rope", "x of whole heads and at most head_dim / 2 frequencies",
                  fmt::format("{}, head_dim {}, {} frequencies", describe("x", x), spec.head_dim,
                              spec.inverse_frequencies.size()));
  }
  return backend_of(x.device()).rope(x, positions, spec);
}

}  // namespace auris::ops
