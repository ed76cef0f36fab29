#include "auris/models/encoders/whisper/whisper_weights.h"

#include <fmt/format.h>

#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/transfer.h"

namespace auris::models {
namespace {

Tensor checked(const weights::Checkpoint& checkpoint, const std::string& name, const Shape& shape) {
  Tensor tensor = checkpoint.tensor(name);
  if (tensor.dtype() == DType::kI32 || (tensor.dtype() == DType::kI8 && shape.rank() < 2)) {
    throw Error(ErrorCode::kModel, {.where = "whisper weights",
                                    .expected = fmt::format("{} with real numbers", name),
                                    .got = std::string(name_of(tensor.dtype())),
                                    .hint = ""});
  }
  if (tensor.shape() != shape) {
    throw Error(ErrorCode::kModel, {.where = "whisper weights",
                                    .expected = fmt::format("{} of shape {}", name, shape.to_string()),
                                    .got = tensor.shape().to_string(),
                                    .hint = "config.json and the weights do not belong together"});
  }
  return tensor;
}

// Aligned, which what lies in a mapped file need not be.
Tensor scales_of(const weights::Checkpoint& checkpoint, const std::string& weight, int64_t rows) {
  return ops::to_f32(checked(checkpoint, weight + "_scale", {rows}));
}

}  // namespace

WhisperTensors::WhisperTensors(const weights::Checkpoint& checkpoint, int64_t d_model, Device device)
    : checkpoint_(checkpoint),
      d_model_(d_model),
      device_(device),
      ctranslate2_(checkpoint.format() == weights::Format::kCTranslate2) {}

Tensor WhisperTensors::table(const std::string& name, int64_t rows) const {
  return to_device(checked(checkpoint_, name, {rows, d_model_}), device_);
}

LinearWeights WhisperTensors::tied_table(const std::string& name, int64_t rows) const {
  LinearWeights table;
  table.weight = checked(checkpoint_, name, {rows, d_model_});
  if (table.weight.dtype() == DType::kI8) table.row_scale = scales_of(checkpoint_, name, rows);
  return to_device(table, device_);
}

WhisperNorm WhisperTensors::norm(const std::string& name) const {
  const char* weight = ctranslate2_ ? "/gamma" : ".weight";
  const char* bias = ctranslate2_ ? "/beta" : ".bias";
  auto vector = [&](const std::string& full) {
    return to_device(checked(checkpoint_, full, {d_model_}), device_);
  };
  return {vector(name + weight), vector(name + bias)};
}

WhisperConv WhisperTensors::conv(const std::string& name, int64_t in) const {
  const char* dot = ctranslate2_ ? "/" : ".";
  WhisperConv conv;
  conv.weight = checked(checkpoint_, name + dot + "weight", {d_model_, in, 3});
  if (conv.weight.dtype() == DType::kI8) {  // two small tensors: kept in f32
    Tensor scale = scales_of(checkpoint_, name + dot + "weight", d_model_);
    conv.weight = ops::to_f32(conv.weight.reshape({d_model_, in * 3}), scale).reshape({d_model_, in, 3});
  }
  conv.weight = to_device(conv.weight, device_);
  conv.bias = to_device(checked(checkpoint_, name + dot + "bias", {d_model_}), device_);
  return conv;
}

LinearWeights WhisperTensors::linear(const std::string& name, int64_t out, int64_t in) const {
  const std::string dot = ctranslate2_ ? "/" : ".";
  LinearWeights linear;
  linear.weight = checked(checkpoint_, name + dot + "weight", {out, in});
  if (checkpoint_.contains(name + dot + "bias"))
    linear.bias = checked(checkpoint_, name + dot + "bias", {out});
  if (linear.weight.dtype() == DType::kI8)
    linear.row_scale = scales_of(checkpoint_, name + dot + "weight", out);
  return to_device(linear, device_);
}

WhisperAttention WhisperTensors::self_attention(const std::string& name) const {
  const int64_t d = d_model_;
  if (!ctranslate2_) {
    return {linear(name + ".q_proj", d, d), linear(name + ".k_proj", d, d), linear(name + ".v_proj", d, d),
            linear(name + ".out_proj", d, d)};
  }
  LinearWeights qkv = linear(name + "/linear_0", 3 * d, d);
  return {qkv.slice(0, d), qkv.slice(d, d), qkv.slice(2 * d, d), linear(name + "/linear_1", d, d)};
}

WhisperAttention WhisperTensors::cross_attention(const std::string& name) const {
  if (!ctranslate2_) return self_attention(name);
  const int64_t d = d_model_;
  LinearWeights kv = linear(name + "/linear_1", 2 * d, d);
  return {linear(name + "/linear_0", d, d), kv.slice(0, d), kv.slice(d, d), linear(name + "/linear_2", d, d)};
}

WhisperEncoderWeights whisper_encoder_weights(const weights::Checkpoint& checkpoint,
                                              const WhisperConfig& config, const std::string& prefix,
                                              Device device) {
  WhisperTensors tensors(checkpoint, config.d_model, device);
  const bool ct2 = tensors.is_ctranslate2();
  const std::string root = ct2 ? "encoder/" : prefix;
  WhisperEncoderWeights weights;
  weights.conv1 = tensors.conv(root + "conv1", config.n_mels);
  weights.conv2 = tensors.conv(root + "conv2", config.d_model);
  weights.positions = tensors.table(root + (ct2 ? "position_encodings/encodings" : "embed_positions.weight"),
                                    config.max_source_positions);
  for (int i = 0; i < config.encoder_layers; ++i) {
    WhisperEncoderLayer layer;
    if (ct2) {
      std::string name = fmt::format("encoder/layer_{}/", i);
      layer.attention_norm = tensors.norm(name + "self_attention/layer_norm");
      layer.attention = tensors.self_attention(name + "self_attention");
      layer.mlp_norm = tensors.norm(name + "ffn/layer_norm");
      layer.mlp = {tensors.linear(name + "ffn/linear_0", config.encoder_ffn, config.d_model),
                   tensors.linear(name + "ffn/linear_1", config.d_model, config.encoder_ffn)};
    } else {
      std::string name = fmt::format("{}layers.{}.", prefix, i);
      layer.attention_norm = tensors.norm(name + "self_attn_layer_norm");
      layer.attention = tensors.self_attention(name + "self_attn");
      layer.mlp_norm = tensors.norm(name + "final_layer_norm");
      layer.mlp = {tensors.linear(name + "fc1", config.encoder_ffn, config.d_model),
                   tensors.linear(name + "fc2", config.d_model, config.encoder_ffn)};
    }
    weights.layers.push_back(std::move(layer));
  }
  weights.norm = tensors.norm(root + "layer_norm");
  return weights;
}

}  // namespace auris::models
