#pragma once
// For tests: the train/serve guard. What learned with LibTorch is served by our own kernels.

#include <filesystem>

namespace auris::train::testing {

// Fails the test unless the model in `folder` gives, for the first examples of `data`, logits on both
// backends that are equal within 1e-4 (relative to the largest), and the same greedy text.
void expect_served_alike(const std::filesystem::path& folder, const std::filesystem::path& data);

}  // namespace auris::train::testing
