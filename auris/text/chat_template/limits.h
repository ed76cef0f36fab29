#pragma once
// Bounds of one rendering of a chat template.

#include <cstdint>

namespace auris::text {

// Real templates stay far below: 1,000 turns of Llama 3.2's take about 150,000 steps.
struct RenderLimits {
  int64_t max_steps = 5'000'000;        // evaluated nodes, touched elements
  int64_t max_text_bytes = 128 << 20;   // all strings made on the way, together
  int64_t max_output_bytes = 32 << 20;  // of the result
  int max_call_depth = 400;             // evaluations and blocks within each other, macro calls included
};

}  // namespace auris::text
