#pragma once
// What distinguishes the members of the llama family, in numbers. One forward pass (llama.h) serves them all:
// Llama 3.x, SmolLM2, Mistral, Qwen2 and Qwen2.5, Qwen3, Gemma 3.
//
// The readers treat a config as hostile: after them every field is in range and every product of fields fits.

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "auris/models/language/llama/rope_frequencies.h"
#include "auris/nn/layers.h"
#include "auris/tensor/ops/rope.h"
#include "auris/weights/checkpoint.h"
#include "auris/weights/gguf_metadata.h"

namespace auris::models {

struct LlamaConfig {
  std::string family;  // "llama", "mistral", "qwen2", "qwen3", "gemma3"

  int64_t vocab_size = 0;
  int64_t hidden = 0;
  int64_t intermediate = 0;
  int layers = 0;
  int heads = 0;
  int kv_heads = 0;
  int head_dim = 0;
  int64_t context_length = 0;  // positions the model was made for

  float norm_eps = 1e-6f;
  float norm_weight_offset = 0.0f;  // 1: norm weights are stored minus one (Gemma's Hugging Face files)
  Activation activation = Activation::kSilu;
  float embedding_scale = 1.0f;  // sqrt(hidden) in Gemma
  float attention_scale = 0.0f;  // usually 1 / sqrt(head_dim)
  nn::Bias qkv_bias = nn::Bias::kNone;
  nn::Bias output_bias = nn::Bias::kNone;
  bool qk_norm = false;  // RMSNorm of each head of q and k before the rotation (Qwen3, Gemma 3)
  bool sandwich_norms =
      false;  // norms behind attention and MLP too, before their results are added (Gemma 3)
  bool tied_embeddings = false;

  RopeStyle rope_style = RopeStyle::kHalves;
  RopeConfig rope;
  RopeConfig sliding_rope;           // of the sliding layers; equal to `rope` except in Gemma 3
  bool rope_factors = false;         // GGUF: the file may hold divisors of the frequencies, rope_freqs.weight
  int64_t sliding_window = 0;        // rows a sliding layer sees, itself included
  std::vector<bool> sliding_layers;  // [layers]
};

// True for the model types whose config this is ("llama", "mistral", "qwen2", "qwen3", "gemma3_text",
// "gemma3").
bool is_llama_family_type(const std::string& model_type);
bool is_llama_family_architecture(const std::string& gguf_architecture);

// From config.json. A composed model's "text_config" is looked into; fields the config leaves out take the
// defaults of its model type, as in the reference. Throws kModel.
LlamaConfig llama_config_from_hf(const nlohmann::json& config);
// From the key-value pairs of a GGUF file. `has_output` says whether the file has an output matrix of its
// own.
LlamaConfig llama_config_from_gguf(const nlohmann::json& metadata, bool has_output);
// By the checkpoint's format.
LlamaConfig llama_config_of(const weights::Checkpoint& checkpoint);

// The config.json of a Hugging Face checkpoint with this config, which llama_config_from_hf reads; its biases
// must be known (not kIfPresent). Throws kUsage for what that format cannot say: rope_factors, an
// attention_scale of its own outside Gemma 3, biases for q, k and v alone outside Qwen2.
nlohmann::ordered_json llama_config_to_hf(const LlamaConfig& config);

// The same for a GGUF file, as llama.cpp's converter writes it: general.architecture, then the keys of that
// architecture ("llama" for a Mistral). Llama 3's stretched frequencies are no keys but a tensor,
// rope_freqs.weight: llama_rope_divisors(). Throws kUsage for what llama.cpp takes for granted and this
// config has otherwise: sliding layers but in Gemma 3, where every sixth one sees everything, activations,
// attention scales, an attention factor of YaRN.
weights::GgufMetadata llama_config_to_gguf(const LlamaConfig& config);
// [head_dim / 2]; empty unless the config stretches its frequencies as Llama 3 does.
std::vector<float> llama_rope_divisors(const LlamaConfig& config);

// Ranges and divisibility that both readers share. Throws kModel.
void validate(const LlamaConfig& config, const std::string& where);

// Limits far above every published model, so that no product of sizes overflows and a hostile file is refused
// early.
inline constexpr int64_t kMaxLayers = 1024;
inline constexpr int64_t kMaxHeads = 1024;
inline constexpr int64_t kMaxHeadDim = 1024;
inline constexpr int64_t kMaxHidden = 1 << 17;
inline constexpr int64_t kMaxIntermediate = 1 << 20;
inline constexpr int64_t kMaxVocab = 1 << 22;
inline constexpr int64_t kMaxContext = 1 << 30;

}  // namespace auris::models
