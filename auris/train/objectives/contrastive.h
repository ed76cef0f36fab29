#pragma once
// Sound and words that belong together lie close together, others apart (InfoNCE both ways: CLIP, Radford
// and others, 2021).

#include <ATen/core/Tensor.h>

namespace auris::train {

struct ContrastiveOptions {
  double temperature = 0.07;  // CLIP's initial value
};

// audio, text [clips, dim] f32: a row each for the same clips in the same order. The mean over clips of both
// directions, in nats; ln(clips) for rows that say nothing.
at::Tensor contrastive(const at::Tensor& audio, const at::Tensor& text,
                       const ContrastiveOptions& options = {});

}  // namespace auris::train
