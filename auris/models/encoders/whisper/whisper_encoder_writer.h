#pragma once
// A Whisper encoder as a Hugging Face folder of its own, without a decoder: what training made of it, or a
// copy for a model whose parts stay together.

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "auris/models/encoders/whisper/whisper_config.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

// The config.json of such a folder, which whisper_config_from_json reads.
nlohmann::ordered_json whisper_encoder_json(const WhisperConfig& config);

struct EncoderWriteOptions {
  std::string prefix = {};    // of the source's names, as for whisper_encoder_weights
  DType dtype = DType::kF32;  // of all tensors: f32, f16 or bf16
  // Instead of the source's, by the names of the hooks (whisper_hooks.h): host, f32.
  std::map<std::string, Tensor, std::less<>> trained = {};
};

// config.json, which appears last, and model.safetensors with the names of transformers' WhisperModel
// ("encoder.layers.0.fc1.weight"). `source` may have any format; biases of keys that are zeros, which
// CTranslate2 adds, are left out. Throws kModel for a source that is no such encoder; kUsage for trained
// tensors that do not fit, and if the system refuses to write.
void write_whisper_encoder(const std::filesystem::path& folder, const weights::Checkpoint& source,
                           const WhisperConfig& config, const EncoderWriteOptions& options = {});

}  // namespace auris::models
