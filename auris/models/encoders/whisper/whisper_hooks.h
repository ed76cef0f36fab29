#pragma once
// The hooks of nn/load_options.h for a Whisper encoder. Its tensors have different names in different files
// (and CTranslate2 keeps three in one), so the hooks are told those of Hugging Face's encoder, without a
// leading path, whatever the file: "conv1.weight", "embed_positions.weight",
// "layers.0.self_attn_layer_norm.weight", "layers.0.self_attn.q_proj" (a linear layer),
// "layers.0.fc1.weight", "layer_norm.weight".

#include "auris/models/encoders/whisper/whisper_weights.h"
#include "auris/nn/load_options.h"

namespace auris::models {

// The weights on the options' device, adopted, with low ranks beside the linear layers that have one.
WhisperEncoderWeights with_hooks(WhisperEncoderWeights weights, const nn::LoadOptions& options);

}  // namespace auris::models
