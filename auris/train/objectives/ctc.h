#pragma once
// Connectionist temporal classification (Graves and others, 2006): rows of sound spell out a text without
// being told when.

#include <cstdint>
#include <span>

#include <ATen/core/Tensor.h>

#include "auris/tensor/row_layout.h"

namespace auris::train {

// The first token of a vocabulary, a mark or the unknown word in every published one: no transcript holds it.
inline constexpr int32_t kCtcBlank = 0;

struct CtcSum {
  at::Tensor sum;          // nats over all texts that can be spelt, with a gradient
  int64_t tokens = 0;      // of these texts
  int64_t impossible = 0;  // clips with fewer rows than their text needs: left out
};

// logits [rows, vocab]; a text for each span of `layout`; `blank` is the token that stands for nothing.
CtcSum ctc(const at::Tensor& logits, const RowLayout& layout, std::span<const std::vector<int32_t>> texts,
           int32_t blank);

}  // namespace auris::train
