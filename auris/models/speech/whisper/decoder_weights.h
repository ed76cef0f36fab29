#pragma once
// The tensors of a Whisper text decoder, from Hugging Face and CTranslate2 names (see whisper_weights.h).

#include <string>
#include <vector>

#include "auris/models/encoders/whisper/whisper_weights.h"

namespace auris::models {

struct WhisperDecoderLayer {
  WhisperNorm self_norm;
  WhisperAttention self_attention;
  WhisperNorm cross_norm;
  WhisperAttention cross_attention;
  WhisperNorm mlp_norm;
  WhisperMlp mlp;
};

struct WhisperDecoderWeights {
  LinearWeights tokens;  // [vocab, d_model]: the embedding table and, tied, the output projection; no bias
  Tensor positions;      // [max_target_positions, d_model]
  std::vector<WhisperDecoderLayer> layers;
  WhisperNorm norm;
};

WhisperDecoderWeights whisper_decoder_weights(const weights::Checkpoint& checkpoint,
                                              const WhisperConfig& config,
                                              const std::string& prefix = "model.decoder.",
                                              Device device = Device::kCpu);

}  // namespace auris::models
