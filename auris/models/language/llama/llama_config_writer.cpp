#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/models/language/llama/llama_config.h"

namespace auris::models {
namespace {

using Json = nlohmann::ordered_json;

void require(bool holds, const std::string& expected, const std::string& got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage, {.where = "config.json",
                                  .expected = expected,
                                  .got = got,
                                  .hint = "begin with the Hugging Face folder of this model"});
}

std::string architecture_of(const std::string& family) {
  if (family == "mistral") return "MistralForCausalLM";
  if (family == "qwen2") return "Qwen2ForCausalLM";
  if (family == "qwen3") return "Qwen3ForCausalLM";
  return family == "gemma3" ? "Gemma3ForCausalLM" : "LlamaForCausalLM";
}

std::string activation_name(Activation activation) {
  switch (activation) {
    case Activation::kSilu: return "silu";
    case Activation::kGelu: return "gelu";
    case Activation::kGeluTanh: return "gelu_pytorch_tanh";
    default: break;
  }
  fail_invariant("an activation of the llama family", __FILE__, __LINE__);
}

Json scaling_json(const RopeConfig& rope) {
  switch (rope.scaling) {
    case RopeScalingKind::kNone: return nullptr;
    case RopeScalingKind::kLinear: return {{"rope_type", "linear"}, {"factor", rope.factor}};
    case RopeScalingKind::kLlama3:
      return {{"rope_type", "llama3"},
              {"factor", rope.factor},
              {"low_freq_factor", rope.low_frequency_factor},
              {"high_freq_factor", rope.high_frequency_factor},
              {"original_max_position_embeddings", rope.original_context}};
    case RopeScalingKind::kYarn: break;
  }
  Json json = {{"rope_type", "yarn"},
               {"factor", rope.factor},
               {"original_max_position_embeddings", rope.original_context},
               {"beta_fast", rope.beta_fast},
               {"beta_slow", rope.beta_slow}};
  if (rope.attention_factor) json["attention_factor"] = *rope.attention_factor;
  return json;
}

void add_rope(const LlamaConfig& config, Json& json) {
  require(!config.rope_factors, "frequencies that config.json can say",
          "divisors of them in the file (rope_freqs.weight)");
  json["rope_theta"] = config.rope.theta;
  json["rope_scaling"] = scaling_json(config.rope);
  if (config.family != "gemma3") return;
  require(config.sliding_rope.scaling == RopeScalingKind::kNone, "plain frequencies in the sliding layers",
          "scaled ones");
  json["rope_local_base_freq"] = config.sliding_rope.theta;
}

void add_sliding(const LlamaConfig& config, Json& json) {
  bool any = false;
  Json kinds = Json::array();
  for (bool sliding : config.sliding_layers) {
    any = any || sliding;
    kinds.push_back(sliding ? "sliding_attention" : "full_attention");
  }
  require(!any || config.family != "llama", "layers that see everything", "sliding ones in a llama");
  json["sliding_window"] = any ? Json(config.sliding_window) : Json(nullptr);
  if (any) json["layer_types"] = kinds;
  if (config.family == "qwen2" || config.family == "qwen3") json["use_sliding_window"] = any;
  // An absent window means 4,096 rows to a Gemma.
  if (config.family == "gemma3" && !any) {
    json["sliding_window"] = config.context_length;
    json["layer_types"] = kinds;
  }
}

void add_attention(const LlamaConfig& config, Json& json) {
  AURIS_CHECK(config.qkv_bias != nn::Bias::kIfPresent && config.output_bias != nn::Bias::kIfPresent);
  bool qkv = config.qkv_bias == nn::Bias::kRequired, output = config.output_bias == nn::Bias::kRequired;
  if (config.family == "qwen2") {
    require(qkv && !output, "biases of q, k and v", "others");
  } else {
    require(qkv == output, "biases in all of the attention or none", "some");
    require(!qkv || config.family != "mistral", "no biases in a Mistral", "some");
    json["attention_bias"] = qkv;
  }
  auto scale = static_cast<double>(config.attention_scale);
  if (config.family == "gemma3") {
    double divisor = 1.0 / (scale * scale), whole = std::round(divisor);
    json["query_pre_attn_scalar"] = std::abs(divisor - whole) < 1e-3 ? whole : divisor;
  } else {
    require(std::abs(scale * std::sqrt(static_cast<double>(config.head_dim)) - 1.0) < 1e-6,
            "an attention scale of 1 / sqrt(head_dim)", fmt::format("{}", scale));
  }
}

}  // namespace

Json llama_config_to_hf(const LlamaConfig& config) {
  bool gemma = config.family == "gemma3";
  Json json = {{"architectures", Json::array({architecture_of(config.family)})},
               {"model_type", gemma ? "gemma3_text" : config.family},
               {"vocab_size", config.vocab_size},
               {"hidden_size", config.hidden},
               {"intermediate_size", config.intermediate},
               {"num_hidden_layers", config.layers},
               {"num_attention_heads", config.heads},
               {"num_key_value_heads", config.kv_heads},
               {"head_dim", config.head_dim},
               {"max_position_embeddings", config.context_length},
               {"rms_norm_eps", config.norm_eps},
               {gemma ? "hidden_activation" : "hidden_act", activation_name(config.activation)},
               {"tie_word_embeddings", config.tied_embeddings}};
  add_rope(config, json);
  add_sliding(config, json);
  add_attention(config, json);
  return json;
}

}  // namespace auris::models
