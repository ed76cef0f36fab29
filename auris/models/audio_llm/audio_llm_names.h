#pragma once
// Where the parts of an audio language model stand in a checkpoint.

#include <optional>
#include <string>

#include "auris/weights/checkpoint.h"

namespace auris::models {

// What stands before "conv1.weight": "audio_tower.", "model.encoder.", ... nullopt if there is no encoder.
std::optional<std::string> encoder_prefix(const weights::Checkpoint& checkpoint);

}  // namespace auris::models
