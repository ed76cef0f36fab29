#include "auris/models/speech/whisper/decoder_weights.h"

#include <fmt/format.h>

namespace auris::models {
namespace {

WhisperDecoderLayer ctranslate2_layer(const WhisperTensors& tensors, const WhisperConfig& config, int index) {
  std::string name = fmt::format("decoder/layer_{}/", index);
  WhisperDecoderLayer layer;
  layer.self_norm = tensors.norm(name + "self_attention/layer_norm");
  layer.self_attention = tensors.self_attention(name + "self_attention");
  layer.cross_norm = tensors.norm(name + "attention/layer_norm");
  layer.cross_attention = tensors.cross_attention(name + "attention");
  layer.mlp_norm = tensors.norm(name + "ffn/layer_norm");
  layer.mlp = {tensors.linear(name + "ffn/linear_0", config.decoder_ffn, config.d_model),
               tensors.linear(name + "ffn/linear_1", config.d_model, config.decoder_ffn)};
  return layer;
}

WhisperDecoderLayer hugging_face_layer(const WhisperTensors& tensors, const WhisperConfig& config,
                                       const std::string& name) {
  WhisperDecoderLayer layer;
  layer.self_norm = tensors.norm(name + "self_attn_layer_norm");
  layer.self_attention = tensors.self_attention(name + "self_attn");
  layer.cross_norm = tensors.norm(name + "encoder_attn_layer_norm");
  layer.cross_attention = tensors.cross_attention(name + "encoder_attn");
  layer.mlp_norm = tensors.norm(name + "final_layer_norm");
  layer.mlp = {tensors.linear(name + "fc1", config.decoder_ffn, config.d_model),
               tensors.linear(name + "fc2", config.d_model, config.decoder_ffn)};
  return layer;
}

}  // namespace

WhisperDecoderWeights whisper_decoder_weights(const weights::Checkpoint& checkpoint,
                                              const WhisperConfig& config, const std::string& prefix,
                                              Device device) {
  WhisperTensors tensors(checkpoint, config.d_model, device);
  const bool ct2 = tensors.is_ctranslate2();
  const std::string root = ct2 ? "decoder/" : prefix;
  const std::string table = root + (ct2 ? "embeddings/weight" : "embed_tokens.weight");
  WhisperDecoderWeights weights;
  weights.tokens = tensors.tied_table(table, config.vocab_size);
  weights.positions = tensors.table(root + (ct2 ? "position_encodings/encodings" : "embed_positions.weight"),
                                    config.max_target_positions);
  for (int i = 0; i < config.decoder_layers; ++i) {
    weights.layers.push_back(
        ct2 ? ctranslate2_layer(tensors, config, i)
            : hugging_face_layer(tensors, config, fmt::format("{}layers.{}.", prefix, i)));
  }
  weights.norm = tensors.norm(root + "layer_norm");
  return weights;
}

}  // namespace auris::models
