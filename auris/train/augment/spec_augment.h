#pragma once
// SpecAugment (Park and others 2019, arXiv 1904.08779) without its time warping: stretches of frames and
// bands of mel bins are replaced by the mean of the features.

#include <cstdint>

#include "auris/tensor/tensor.h"
#include "auris/train/augment/augment_options.h"

namespace auris::train {

// mel f32 [frames, bins], of which the first `sound_frames` hold sound: masks along time lie in them; all of
// their lengths are drawn from 0 to the greatest, evenly. The input stays as it is.
Tensor spec_augmented(const Tensor& mel, int64_t sound_frames, const SpecAugmentOptions& options,
                      uint64_t seed);

}  // namespace auris::train
