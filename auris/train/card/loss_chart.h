#pragma once
// The loss by step as a picture: an SVG that can be read on light and on dark ground.

#include <string>

#include "auris/train/card/run_summary.h"

namespace auris::train {

// Of training and, where there are any, of evaluations. Without a single finite loss an empty string.
std::string loss_chart(const RunSummary& run);

}  // namespace auris::train
