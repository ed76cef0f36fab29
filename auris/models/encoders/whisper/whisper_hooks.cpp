#include "auris/models/encoders/whisper/whisper_hooks.h"

#include <fmt/format.h>

#include "auris/tensor/transfer.h"

namespace auris::models {
namespace {

class Visitor {
 public:
  explicit Visitor(const nn::LoadOptions& options) : options_(options) {}

  void tensor(const std::string& name, Tensor& tensor) const {
    if (tensor.defined()) tensor = nn::adopted(options_.adopt, name, to_device(tensor, options_.device));
  }
  void norm(const std::string& name, WhisperNorm& norm) const {
    tensor(name + ".weight", norm.weight);
    tensor(name + ".bias", norm.bias);
  }
  void conv(const std::string& name, WhisperConv& conv) const {
    tensor(name + ".weight", conv.weight);
    tensor(name + ".bias", conv.bias);
  }
  void linear(const std::string& name, LinearWeights& linear) const {
    tensor(name + ".weight", linear.weight);
    tensor(name + ".weight_scale", linear.row_scale);
    tensor(name + ".bias", linear.bias);
    linear.low_rank = nn::adopted_low_rank(options_, name, {.in = linear.in(), .out = linear.out()});
  }
  void layer(const std::string& name, WhisperEncoderLayer& layer) const {
    norm(name + ".self_attn_layer_norm", layer.attention_norm);
    linear(name + ".self_attn.q_proj", layer.attention.q);
    linear(name + ".self_attn.k_proj", layer.attention.k);
    linear(name + ".self_attn.v_proj", layer.attention.v);
    linear(name + ".self_attn.out_proj", layer.attention.out);
    norm(name + ".final_layer_norm", layer.mlp_norm);
    linear(name + ".fc1", layer.mlp.up);
    linear(name + ".fc2", layer.mlp.down);
  }

 private:
  const nn::LoadOptions& options_;
};

}  // namespace

WhisperEncoderWeights with_hooks(WhisperEncoderWeights weights, const nn::LoadOptions& options) {
  Visitor visit(options);
  visit.conv("conv1", weights.conv1);
  visit.conv("conv2", weights.conv2);
  visit.tensor("embed_positions.weight", weights.positions);
  for (size_t i = 0; i < weights.layers.size(); ++i) {
    visit.layer(fmt::format("layers.{}", i), weights.layers[i]);
  }
  visit.norm("layer_norm", weights.norm);
  return weights;
}

}  // namespace auris::models
