#pragma once
// The sizes of a Whisper model (Radford et al., 2022), from tiny to large-v3 and the audio encoders built on
// it (Qwen2-Audio, Ultravox, LLaSO). Whisper turns 30 s of log-mel frames into 1,500 hidden rows, 50 a
// second.

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "auris/weights/checkpoint.h"

namespace auris::models {

struct WhisperConfig {
  int n_mels = 80;  // 128 in large-v3
  int d_model = 512;
  int encoder_layers = 6;
  int encoder_heads = 8;
  int encoder_ffn = 2048;
  int max_source_positions = 1500;  // rows of the encoder: half as many as mel frames
  int pooling = 1;                  // rows averaged before the final norm; 2 in Qwen2-Audio

  int decoder_layers = 0;  // 0: an encoder without a decoder
  int decoder_heads = 8;
  int decoder_ffn = 2048;
  int max_target_positions = 448;
  int64_t vocab_size = 0;

  float layer_norm_eps = 1e-5f;  // PyTorch's default, in every published checkpoint

  int head_dim() const { return d_model / encoder_heads; }
  int max_frames() const { return 2 * max_source_positions; }  // mel frames of a full window
  int stages() const { return encoder_layers + 2; }            // the stem, each block, the final norm
};

// From the config.json of a Hugging Face folder: a WhisperConfig or Qwen2AudioEncoderConfig object, or a
// nested "audio_config" / "encoder_config" that the caller has picked out. Throws kModel.
WhisperConfig whisper_config_from_json(const nlohmann::json& config);

// From an opened checkpoint: config.json for safetensors, tensor shapes for CTranslate2 (its config.json has
// no sizes).
WhisperConfig whisper_config_of(const weights::Checkpoint& checkpoint);

}  // namespace auris::models
