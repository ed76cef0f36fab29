#include <cmath>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/models/language/llama/llama_config.h"

namespace auris::models {
namespace {

constexpr JsonFields::NumberRange kThetaRange{1.0 + 1e-6, 1e15};

// What a config may leave out, by model type (transformers' configuration classes).
struct TypeDefaults {
  int64_t vocab = 0, hidden = 0, intermediate = 0, layers = 32, heads = 32, kv_heads = 0, head_dim = 0;
  int64_t context = 0;
  double eps = 1e-6, theta = 10000.0;
  std::string activation = "silu";
  bool tied = false;
};

TypeDefaults defaults_of(const std::string& type) {
  if (type == "llama") return {.vocab = 32000, .hidden = 4096, .intermediate = 11008, .context = 2048};
  if (type == "mistral") {
    return {.vocab = 32000, .hidden = 4096, .intermediate = 14336, .kv_heads = 8, .context = 131072};
  }
  if (type == "qwen2") {
    return {.vocab = 151936, .hidden = 4096, .intermediate = 22016, .kv_heads = 32, .context = 32768};
  }
  if (type == "qwen3") {
    return {.vocab = 151936,
            .hidden = 4096,
            .intermediate = 22016,
            .kv_heads = 32,
            .head_dim = 128,
            .context = 32768};
  }
  return {.vocab = 262208,
          .hidden = 2304,
          .intermediate = 9216,
          .layers = 26,
          .heads = 8,
          .kv_heads = 4,
          .head_dim = 256,
          .context = 131072,
          .theta = 1e6,
          .activation = "gelu_pytorch_tanh",
          .tied = true};
}

void read_scaling(const JsonFields& scaling, int64_t context, RopeConfig& rope) {
  std::string kind = scaling.text("rope_type", scaling.text("type", "default"));
  rope.theta = scaling.number("rope_theta", kThetaRange, rope.theta);
  if (scaling.number("partial_rotary_factor", {0.0, 1.0}, 1.0) != 1.0) {
    scaling.fail("partial_rotary_factor", "1", "another value", "this kind of model is not supported");
  }
  if (kind == "default") return;
  rope.factor = scaling.number("factor", {1e-3, 1e6});
  rope.original_context = scaling.integer("original_max_position_embeddings", {1, kMaxContext}, context);
  if (kind == "linear") {
    rope.scaling = RopeScalingKind::kLinear;
  } else if (kind == "llama3") {
    rope.scaling = RopeScalingKind::kLlama3;
    rope.low_frequency_factor = scaling.number("low_freq_factor", {1e-6, 1e6});
    rope.high_frequency_factor = scaling.number("high_freq_factor", {1e-6, 1e6});
  } else if (kind == "yarn") {
    rope.scaling = RopeScalingKind::kYarn;
    rope.beta_fast = scaling.number("beta_fast", {1e-6, 1e6}, 32.0);
    rope.beta_slow = scaling.number("beta_slow", {1e-6, 1e6}, 1.0);
    if (scaling.has("attention_factor"))
      rope.attention_factor = scaling.number("attention_factor", {0.0, 1e3});
  } else {
    scaling.fail("rope_type", "default, linear, llama3 or yarn", auris::quoted(kind),
                 "this way to stretch the context is not supported");
  }
}

// Both spellings: "rope_theta" + "rope_scaling" (published configs) and "rope_parameters" (newer ones).
void read_rope(const JsonFields& fields, const TypeDefaults& defaults, bool gemma, LlamaConfig& config) {
  config.rope.theta = fields.number("rope_theta", kThetaRange, defaults.theta);
  config.sliding_rope.theta = fields.number("rope_local_base_freq", kThetaRange, 10000.0);
  const char* key = fields.has("rope_scaling") ? "rope_scaling" : "rope_parameters";
  if (fields.has(key)) {
    JsonFields scaling = fields.object(key);
    bool per_kind = scaling.has("full_attention") || scaling.has("sliding_attention");
    if (!per_kind) {
      read_scaling(scaling, config.context_length, config.rope);
    } else {
      if (scaling.has("full_attention")) {
        read_scaling(scaling.object("full_attention"), config.context_length, config.rope);
      }
      if (scaling.has("sliding_attention")) {
        read_scaling(scaling.object("sliding_attention"), config.context_length, config.sliding_rope);
      }
    }
  }
  if (!gemma) config.sliding_rope = config.rope;
}

Activation read_activation(const JsonFields& fields, const TypeDefaults& defaults) {
  const char* key = fields.has("hidden_activation") ? "hidden_activation" : "hidden_act";
  std::string name = fields.text(key, defaults.activation);
  if (name == "silu" || name == "swish") return Activation::kSilu;
  if (name == "gelu_pytorch_tanh" || name == "gelu_new") return Activation::kGeluTanh;
  if (name == "gelu") return Activation::kGelu;
  fields.fail(key, "silu, gelu or gelu_pytorch_tanh", auris::quoted(name));
}

// Which layers slide: "layer_types" if it is there, else the rule of the model type.
void read_sliding(const JsonFields& fields, const std::string& type, bool gemma, LlamaConfig& config) {
  config.sliding_layers.assign(static_cast<size_t>(config.layers), false);
  bool enabled = type != "qwen2" && type != "qwen3" ? fields.has("sliding_window") || gemma
                                                    : fields.flag("use_sliding_window", false);
  if (type == "llama" || !enabled) return;
  config.sliding_window = fields.integer("sliding_window", {1, kMaxContext}, 4096);
  if (const nlohmann::json* kinds = fields.find("layer_types")) {
    if (!kinds->is_array() || static_cast<int64_t>(kinds->size()) != config.layers) {
      fields.fail("layer_types", fmt::format("{} layer types", config.layers), "something else");
    }
    for (size_t i = 0; i < kinds->size(); ++i) {
      const nlohmann::json& kind = (*kinds)[i];
      if (kind != "sliding_attention" && kind != "full_attention") {
        fields.fail("layer_types", "sliding_attention or full_attention", "another type");
      }
      config.sliding_layers[i] = kind == "sliding_attention";
    }
    return;
  }
  if (type == "mistral") config.sliding_layers.assign(config.sliding_layers.size(), true);
  if (gemma) {
    int64_t pattern = fields.integer("sliding_window_pattern", {1, kMaxLayers}, 6);
    for (int i = 0; i < config.layers; ++i)
      config.sliding_layers[static_cast<size_t>(i)] = (i + 1) % pattern != 0;
  }
  if (type == "qwen2" || type == "qwen3") {
    int64_t first = fields.integer("max_window_layers", {0, kMaxLayers}, 28);
    for (int64_t i = first; i < config.layers; ++i) config.sliding_layers[static_cast<size_t>(i)] = true;
  }
}

void read_sizes(const JsonFields& fields, const TypeDefaults& defaults, LlamaConfig& config) {
  config.vocab_size = fields.integer("vocab_size", {1, kMaxVocab}, defaults.vocab);
  config.hidden = fields.integer("hidden_size", {1, kMaxHidden}, defaults.hidden);
  config.intermediate = fields.integer("intermediate_size", {1, kMaxIntermediate}, defaults.intermediate);
  config.layers = static_cast<int>(fields.integer("num_hidden_layers", {1, kMaxLayers}, defaults.layers));
  config.heads = static_cast<int>(fields.integer("num_attention_heads", {1, kMaxHeads}, defaults.heads));
  int64_t kv_heads = defaults.kv_heads != 0 ? defaults.kv_heads : config.heads;
  config.kv_heads = static_cast<int>(fields.integer("num_key_value_heads", {1, kMaxHeads}, kv_heads));
  int64_t head_dim = defaults.head_dim != 0 ? defaults.head_dim : config.hidden / config.heads;
  if (!fields.has("head_dim") && defaults.head_dim == 0 && config.hidden % config.heads != 0) {
    fields.fail("hidden_size", fmt::format("a multiple of {} heads", config.heads),
                std::to_string(config.hidden));
  }
  config.head_dim = static_cast<int>(fields.integer("head_dim", {2, kMaxHeadDim}, head_dim));
  config.context_length = fields.integer("max_position_embeddings", {1, kMaxContext}, defaults.context);
  config.norm_eps = static_cast<float>(fields.number("rms_norm_eps", {0.0, 0.1}, defaults.eps));
}

void refuse_unsupported(const JsonFields& fields) {
  if (fields.flag("mlp_bias", false))
    fields.fail("mlp_bias", "false", "true", "this kind of model is not supported");
  for (const char* key : {"attn_logit_softcapping", "final_logit_softcapping"}) {
    if (fields.has(key)) fields.fail(key, "null", "a value", "this kind of model is not supported");
  }
  if (fields.find("use_bidirectional_attention") != nullptr &&
      fields.json().at("use_bidirectional_attention") != false) {
    fields.fail("use_bidirectional_attention", "false", "another value",
                "this kind of model is not supported");
  }
}

}  // namespace

LlamaConfig llama_config_from_hf(const nlohmann::json& json) {
  JsonFields outer(json, "config.json");
  bool nested = outer.has("text_config");
  JsonFields fields = nested ? outer.object("text_config") : outer;
  std::string type = fields.text("model_type", nested ? "llama" : std::optional<std::string>{});
  if (!is_llama_family_type(type)) {
    fields.fail("model_type", "llama, mistral, qwen2, qwen3 or gemma3", auris::quoted(type),
                "this kind of language model is not supported");
  }
  bool gemma = type == "gemma3_text" || type == "gemma3";
  TypeDefaults defaults = defaults_of(type);

  LlamaConfig config;
  config.family = gemma ? "gemma3" : type;
  refuse_unsupported(fields);
  read_sizes(fields, defaults, config);
  read_rope(fields, defaults, gemma, config);
  read_sliding(fields, type, gemma, config);
  config.activation = read_activation(fields, defaults);
  bool tied = outer.flag("tie_word_embeddings", defaults.tied);
  config.tied_embeddings = fields.flag("tie_word_embeddings", tied);
  bool bias = type != "mistral" && fields.flag("attention_bias", false);
  config.qkv_bias = bias || type == "qwen2" ? nn::Bias::kRequired : nn::Bias::kNone;
  config.output_bias = bias ? nn::Bias::kRequired : nn::Bias::kNone;
  config.qk_norm = gemma || type == "qwen3";
  config.attention_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  if (gemma) {
    config.sandwich_norms = true;
    config.norm_weight_offset = 1.0f;
    config.embedding_scale = std::sqrt(static_cast<float>(config.hidden));
    config.attention_scale =
        static_cast<float>(1.0 / std::sqrt(fields.number("query_pre_attn_scalar", {1e-3, 1e6}, 256.0)));
  }
  validate(config, "config.json");
  return config;
}

}  // namespace auris::models
