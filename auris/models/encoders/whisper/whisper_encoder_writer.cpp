#include "auris/models/encoders/whisper/whisper_encoder_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/models/encoders/whisper/whisper_hooks.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/weights/safetensors_writer.h"
#include "auris/weights/stored_tensor.h"

namespace auris::models {
namespace {

using Tensors = std::map<std::string, Tensor, std::less<>>;

constexpr std::string_view kScale = "_scale";

// All of an encoder's parameters by the hooks' names, trained ones in the place of the source's.
Tensors all_of(const weights::Checkpoint& source, const WhisperConfig& config,
               const EncoderWriteOptions& options) {
  Tensors tensors;
  const nn::Adopt keep = [&](std::string_view name, const Tensor& tensor) {
    const auto found = options.trained.find(name);
    const Tensor& used = found == options.trained.end() ? tensor : found->second;
    tensors.emplace(name, used);
    return used;
  };
  with_hooks(whisper_encoder_weights(source, config, options.prefix), {.adopt = keep});
  for (const auto& [name, tensor] : options.trained) {
    if (tensors.contains(name)) continue;
    throw Error(ErrorCode::kUsage, {.where = "encoder",
                                    .expected = "trained tensors that the encoder has",
                                    .got = quoted(name),
                                    .hint = ""});
  }
  return tensors;
}

Tensor numbers_of(const std::string& name, const Tensor& tensor, const Tensors& all) {
  const auto scale = all.find(name + std::string(kScale));
  if (tensor.dtype() != DType::kI8) return ops::to_f32(tensor);
  return ops::to_f32(tensor, scale == all.end() ? Tensor() : scale->second);
}

bool is_empty_key_bias(const std::string& name, const Tensor& numbers) {
  return name.ends_with("self_attn.k_proj.bias") &&
         std::ranges::all_of(numbers.span<float>(), [](float value) { return value == 0.0f; });
}

}  // namespace

nlohmann::ordered_json whisper_encoder_json(const WhisperConfig& config) {
  const bool pools = config.pooling == 2;
  return {{"architectures", {pools ? "Qwen2AudioEncoder" : "WhisperModel"}},
          {"model_type", pools ? "qwen2_audio_encoder" : "whisper"},
          {"num_mel_bins", config.n_mels},
          {"d_model", config.d_model},
          {"encoder_layers", config.encoder_layers},
          {"encoder_attention_heads", config.encoder_heads},
          {"encoder_ffn_dim", config.encoder_ffn},
          {"max_source_positions", config.max_source_positions},
          {"activation_function", "gelu"},
          {"scale_embedding", false}};
}

void write_whisper_encoder(const std::filesystem::path& folder, const weights::Checkpoint& source,
                           const WhisperConfig& config, const EncoderWriteOptions& options) {
  const Tensors all = all_of(source, config, options);
  std::vector<weights::NamedTensor> written;
  for (const auto& [name, tensor] : all) {
    if (name.ends_with(kScale)) continue;
    const Tensor numbers = numbers_of(name, tensor, all);
    if (is_empty_key_bias(name, numbers)) continue;
    written.push_back({"encoder." + name, weights::stored_as(options.dtype, name, numbers)});
  }
  std::error_code ignored;
  std::filesystem::remove(folder / "config.json", ignored);
  weights::write_safetensors(folder / "model.safetensors", written, {{"format", "pt"}});
  write_whole(folder / "config.json", whisper_encoder_json(config).dump(2) + "\n", ErrorCode::kUsage);
}

}  // namespace auris::models
