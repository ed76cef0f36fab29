#pragma once
// Keeps a language model's wits while it learns to hear: on plain text it shall think what it thought before
// training.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "auris/models/language/llama/llama.h"
#include "auris/text/tokenizer.h"

namespace auris::train {

class TextGuard {
 public:
  // Files of UTF-8, a paragraph a line. kInput if one cannot be read, or none has two tokens.
  TextGuard(std::span<const std::filesystem::path> files, const text::Tokenizer& tokenizer, uint64_t seed);

  // Paragraphs of a step, at most `tokens` together: the same for the same step, a different order in each
  // round through all of them. A longer paragraph is cut.
  std::vector<std::vector<int32_t>> texts_of(int64_t step, int64_t tokens) const;

  // The divergence from what `untrained` thinks at every token to what `trained` does, a mean over tokens,
  // with a gradient.
  static at::Tensor loss(const models::Llama& trained, const models::Llama& untrained,
                         std::span<const std::vector<int32_t>> texts, double temperature);

 private:
  std::vector<std::vector<int32_t>> paragraphs_;
  uint64_t seed_;
};

}  // namespace auris::train
