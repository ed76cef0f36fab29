#pragma once
// The tensors of a Whisper encoder under the names of two kinds of files:
//   Hugging Face   PREFIX + "layers.N.self_attn.q_proj.weight" ..., PREFIX = "model.encoder.", "audio_tower."
//   ... CTranslate2    "encoder/layer_N/self_attention/linear_0/weight" = q, k and v in one tensor, used as
//   row slices
// Nothing is copied, except to devices with memory of their own. Missing tensors and wrong shapes throw
// kModel.

#include <string>
#include <vector>

#include "auris/models/encoders/whisper/whisper_config.h"
#include "auris/tensor/ops/linear.h"

namespace auris::models {

struct WhisperNorm {
  Tensor weight;  // [d_model]
  Tensor bias;    // [d_model]
};

struct WhisperAttention {
  LinearWeights q, k, v, out;  // [d_model, d_model]
};

struct WhisperMlp {
  LinearWeights up;    // [ffn, d_model]
  LinearWeights down;  // [d_model, ffn]
};

struct WhisperConv {
  Tensor weight;  // [out, in, 3]
  Tensor bias;    // [out]
};

struct WhisperEncoderLayer {
  WhisperNorm attention_norm;
  WhisperAttention attention;
  WhisperNorm mlp_norm;
  WhisperMlp mlp;
};

struct WhisperEncoderWeights {
  WhisperConv conv1, conv2;
  Tensor positions;  // [max_source_positions, d_model]
  std::vector<WhisperEncoderLayer> layers;
  WhisperNorm norm;
};

// `prefix` is used with Hugging Face names only.
WhisperEncoderWeights whisper_encoder_weights(const weights::Checkpoint& checkpoint,
                                              const WhisperConfig& config,
                                              const std::string& prefix = "model.encoder.",
                                              Device device = Device::kCpu);

// The pieces, for the decoder's name map. `name` is the path without ".weight" or "/weight".
class WhisperTensors {
 public:
  WhisperTensors(const weights::Checkpoint& checkpoint, int64_t d_model, Device device);

  bool is_ctranslate2() const { return ctranslate2_; }
  Tensor table(const std::string& name, int64_t rows) const;  // [rows, d_model]
  // A table that is a projection too, with the scales of a kI8 one.
  LinearWeights tied_table(const std::string& name, int64_t rows) const;
  WhisperNorm norm(const std::string& name) const;
  WhisperConv conv(const std::string& name, int64_t in) const;
  LinearWeights linear(const std::string& name, int64_t out, int64_t in) const;
  // Hugging Face: NAME.{q,k,v,out}_proj. CTranslate2: NAME/linear_0.. with q, k, v fused (self-attention) or
  // k, v fused.
  WhisperAttention self_attention(const std::string& name) const;
  WhisperAttention cross_attention(const std::string& name) const;

 private:
  const weights::Checkpoint& checkpoint_;
  int64_t d_model_;
  Device device_;
  bool ctranslate2_;
};

}  // namespace auris::models
