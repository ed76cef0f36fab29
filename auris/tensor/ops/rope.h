#pragma once
// Rotary position embedding (Su et al., 2021).

#include <cstdint>
#include <span>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris {

enum class RopeStyle {
  kHalves,       // rotates element i with element i + rotary_dim / 2 (Hugging Face checkpoints)
  kInterleaved,  // rotates elements 2i and 2i + 1 (GGUF files of arch llama, whose q and k rows are permuted
                 // for it)
};

struct RopeSpec {
  int head_dim = 0;
  std::vector<float>
      inverse_frequencies;  // [rotary_dim / 2], scaling already applied; elements beyond pass through
  float magnitude = 1.0f;   // multiplies cos and sin (YaRN's attention factor)
  RopeStyle style = RopeStyle::kHalves;
};

namespace ops {

// x [rows, heads * head_dim], positions [rows] -> the same shape.
Tensor rope(const Tensor& x, std::span<const int32_t> positions, const RopeSpec& spec);

}  // namespace ops
}  // namespace auris
