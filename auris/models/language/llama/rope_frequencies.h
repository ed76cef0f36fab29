#pragma once
// The frequencies of the rotary embedding and the published ways to stretch them to longer contexts.
// Reference: transformers, modeling_rope_utils.py.

#include <cstdint>
#include <optional>
#include <vector>

namespace auris::models {

enum class RopeScalingKind {
  kNone,
  kLinear,  // all frequencies divided by `factor` (Gemma 3's global layers)
  kLlama3,  // long wavelengths divided, short ones kept, a smooth change between (Llama 3.1 and later)
  kYarn,    // the same idea counted in rotations, with a longer softmax scale (Peng et al., 2023; Qwen's long
            // contexts)
};

struct RopeConfig {
  double theta = 10000.0;
  RopeScalingKind scaling = RopeScalingKind::kNone;
  double factor = 1.0;
  int64_t original_context = 0;       // kLlama3, kYarn: positions the model was trained for before stretching
  double low_frequency_factor = 1.0;  // kLlama3
  double high_frequency_factor = 4.0;           // kLlama3
  double beta_fast = 32.0;                      // kYarn: rotations within original_context
  double beta_slow = 1.0;                       // kYarn
  std::optional<double> attention_factor = {};  // kYarn: overrides 0.1 ln(factor) + 1
};

// [rotary_dim / 2]
std::vector<float> inverse_frequencies(const RopeConfig& config, int rotary_dim);
// What cos and sin are multiplied with: 1 except for YaRN.
float rope_magnitude(const RopeConfig& config);

}  // namespace auris::models
