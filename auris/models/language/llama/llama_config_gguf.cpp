#include <cmath>

#include <fmt/format.h>

#include "auris/base/json_fields.h"
#include "auris/models/language/llama/llama_config.h"

// The keys of GGUF (gguf-py's constants.py) and what llama.cpp takes for granted per architecture.

namespace auris::models {
namespace {

constexpr JsonFields::NumberRange kThetaRange{1.0 + 1e-6, 1e15};
constexpr int kGemma3Layers27B = 62;

// Keys of one architecture: key("block_count") is "llama.block_count".
class ArchitectureKeys {
 public:
  explicit ArchitectureKeys(std::string architecture) : architecture_(std::move(architecture)) {}
  std::string operator()(std::string_view name) const { return fmt::format("{}.{}", architecture_, name); }

 private:
  std::string architecture_;
};

void read_sizes(const JsonFields& fields, const ArchitectureKeys& key, LlamaConfig& config) {
  config.hidden = fields.integer(key("embedding_length"), {1, kMaxHidden});
  config.intermediate = fields.integer(key("feed_forward_length"), {1, kMaxIntermediate});
  config.layers = static_cast<int>(fields.integer(key("block_count"), {1, kMaxLayers}));
  config.heads = static_cast<int>(fields.integer(key("attention.head_count"), {1, kMaxHeads}));
  config.kv_heads =
      static_cast<int>(fields.integer(key("attention.head_count_kv"), {1, kMaxHeads}, config.heads));
  config.context_length = fields.integer(key("context_length"), {1, kMaxContext});
  config.norm_eps = static_cast<float>(fields.number(key("attention.layer_norm_rms_epsilon"), {0.0, 0.1}));
  if (!fields.has(key("attention.key_length")) && config.hidden % config.heads != 0) {
    fields.fail(key("embedding_length"), fmt::format("a multiple of {} heads", config.heads),
                std::to_string(config.hidden));
  }
  int64_t head_dim =
      fields.integer(key("attention.key_length"), {2, kMaxHeadDim}, config.hidden / config.heads);
  config.head_dim = static_cast<int>(head_dim);
  for (const char* same : {"attention.value_length", "rope.dimension_count"}) {
    if (fields.integer(key(same), {1, kMaxHeadDim}, head_dim) != head_dim) {
      fields.fail(key(same), std::to_string(head_dim), "another size", "this kind of model is not supported");
    }
  }
  if (fields.integer(key("expert_count"), {0, 1 << 20}, 0) != 0) {
    fields.fail(key("expert_count"), "0", "experts", "mixtures of experts are not supported");
  }
  const nlohmann::json* tokens = fields.find("tokenizer.ggml.tokens");
  if (fields.has(key("vocab_size"))) {
    config.vocab_size = fields.integer(key("vocab_size"), {1, kMaxVocab});
  } else if (tokens != nullptr && tokens->is_array() && !tokens->empty() &&
             tokens->size() <= static_cast<size_t>(kMaxVocab)) {
    config.vocab_size = static_cast<int64_t>(tokens->size());
  } else {
    fields.fail(key("vocab_size"), "the size of the vocabulary, or tokenizer.ggml.tokens", "neither");
  }
}

void read_rope(const JsonFields& fields, const ArchitectureKeys& key, LlamaConfig& config) {
  bool gemma = config.family == "gemma3";
  config.rope.theta = fields.number(key("rope.freq_base"), kThetaRange, gemma ? 1e6 : 10000.0);
  std::string kind = fields.text(key("rope.scaling.type"), "none");
  double factor = fields.number(key("rope.scaling.factor"), {0.0, 1e6}, 1.0);
  if (kind == "yarn") {
    config.rope.scaling = RopeScalingKind::kYarn;
    config.rope.original_context =
        fields.integer(key("rope.scaling.original_context_length"), {1, kMaxContext}, config.context_length);
    config.rope.beta_fast = fields.number(key("rope.scaling.yarn_beta_fast"), {1e-6, 1e6}, 32.0);
    config.rope.beta_slow = fields.number(key("rope.scaling.yarn_beta_slow"), {1e-6, 1e6}, 1.0);
  } else if (kind == "linear") {
    config.rope.scaling = RopeScalingKind::kLinear;
  } else if (kind != "none") {
    fields.fail(key("rope.scaling.type"), "none, linear or yarn", auris::quoted(kind),
                "this way to stretch the context is not supported");
  }
  if (factor > 0.0) config.rope.factor = factor;  // llama.cpp takes 0 for "not set"
  config.sliding_rope = config.rope;
  if (gemma) config.sliding_rope = {.theta = fields.number(key("rope.freq_base_swa"), kThetaRange, 10000.0)};
  // Files of arch llama (and so of Mistral) hold q and k with their rows permuted for interleaved rotation.
  bool permuted = config.family == "llama" || config.family == "mistral";
  config.rope_style = permuted ? RopeStyle::kInterleaved : RopeStyle::kHalves;
  config.rope_factors = true;
}

void read_sliding(const JsonFields& fields, const ArchitectureKeys& key, LlamaConfig& config) {
  config.sliding_layers.assign(static_cast<size_t>(config.layers), false);
  config.sliding_window = fields.integer(key("attention.sliding_window"), {0, kMaxContext}, 0);
  if (config.sliding_window == 0 || config.family == "qwen2" || config.family == "qwen3") return;
  const nlohmann::json* pattern = fields.find(key("attention.sliding_window_pattern"));
  if (pattern != nullptr && pattern->is_array()) {
    if (static_cast<int64_t>(pattern->size()) != config.layers) {
      fields.fail(key("attention.sliding_window_pattern"), fmt::format("{} flags", config.layers),
                  std::to_string(pattern->size()));
    }
    for (size_t i = 0; i < pattern->size(); ++i) {
      const nlohmann::json& flag = (*pattern)[i];
      if (!flag.is_boolean()) fields.fail(key("attention.sliding_window_pattern"), "flags", "something else");
      config.sliding_layers[i] = flag.get<bool>();
    }
    return;
  }
  // Every n-th layer sees everything; 6 in Gemma 3, none in Mistral.
  int64_t period = config.family == "gemma3" ? 6 : config.layers + 1;
  period = fields.integer(key("attention.sliding_window_pattern"), {1, kMaxLayers}, period);
  for (int i = 0; i < config.layers; ++i)
    config.sliding_layers[static_cast<size_t>(i)] = (i + 1) % period != 0;
}

}  // namespace

LlamaConfig llama_config_from_gguf(const nlohmann::json& metadata, bool has_output) {
  JsonFields fields(metadata, "GGUF metadata");
  std::string architecture = fields.text("general.architecture");
  if (!is_llama_family_architecture(architecture)) {
    fields.fail("general.architecture", "llama, mistral, qwen2, qwen3 or gemma3", auris::quoted(architecture),
                "this kind of language model is not supported");
  }
  ArchitectureKeys key(architecture);
  LlamaConfig config;
  config.family = architecture;
  read_sizes(fields, key, config);
  read_rope(fields, key, config);
  read_sliding(fields, key, config);
  config.tied_embeddings = !has_output;
  config.qkv_bias = architecture == "qwen2" ? nn::Bias::kRequired : nn::Bias::kIfPresent;
  config.output_bias = nn::Bias::kIfPresent;
  config.qk_norm = architecture == "qwen3" || architecture == "gemma3";
  double scale = 1.0 / std::sqrt(static_cast<double>(config.head_dim));
  if (architecture == "gemma3") {
    config.activation = Activation::kGeluTanh;
    config.sandwich_norms =
        true;  // norm weights are stored as they are multiplied: the converter added the 1
    config.embedding_scale = std::sqrt(static_cast<float>(config.hidden));
    // The 27B model is the only one whose scale is not that of its head dimension; its file does not say so.
    if (config.layers == kGemma3Layers27B) {
      scale = 1.0 / std::sqrt(static_cast<double>(config.hidden) / config.heads);
    }
  }
  config.attention_scale = static_cast<float>(fields.number(key("attention.scale"), {1e-6, 1e3}, scale));
  validate(config, "GGUF metadata");
  return config;
}

}  // namespace auris::models
