#include <cmath>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/models/language/llama/llama_config.h"

// The keys of GGUF as llama.cpp's convert_hf_to_gguf.py writes them; what has no key there is what
// llama.cpp's model of the architecture takes for granted.

namespace auris::models {
namespace {

constexpr int kGemma3Period = 6;      // every sixth layer of a Gemma 3 sees everything
constexpr int kGemma3Layers27B = 62;  // whose attention has a scale of its own
constexpr double kGemma3SlidingTheta = 10000.0;

void require(bool holds, const std::string& expected, const std::string& got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage,
              {.where = "GGUF",
               .expected = expected,
               .got = got,
               .hint = "no key of the format says this; keep the model in its own format"});
}

bool is_near(double a, double b) { return std::abs(a - b) <= 1e-6 * std::abs(b); }

void check_sliding(const LlamaConfig& config) {
  for (size_t i = 0; i < config.sliding_layers.size(); ++i) {
    if (config.family == "gemma3") {
      require(config.sliding_layers[i] == ((i + 1) % kGemma3Period != 0),
              "a Gemma 3 whose every sixth layer sees everything",
              fmt::format("another kind of layer {}", i));
    } else {
      require(!config.sliding_layers[i], "layers that see everything",
              fmt::format("a sliding window in layer {}", i));
    }
  }
}

void check_attention(const LlamaConfig& config) {
  const bool gemma = config.family == "gemma3";
  const Activation activation = gemma ? Activation::kGeluTanh : Activation::kSilu;
  require(config.activation == activation, gemma ? "the activation gelu_pytorch_tanh" : "the activation silu",
          "another");
  const double of_head = config.layers == kGemma3Layers27B && gemma
                             ? static_cast<double>(config.hidden) / config.heads
                             : config.head_dim;
  require(is_near(config.attention_scale, 1.0 / std::sqrt(of_head)),
          fmt::format("an attention scale of 1 / sqrt({})", of_head),
          fmt::format("{}", config.attention_scale));
  const bool bias = config.qkv_bias == nn::Bias::kRequired || config.output_bias == nn::Bias::kRequired;
  if (config.family == "qwen2") {
    require(config.qkv_bias == nn::Bias::kRequired && config.output_bias != nn::Bias::kRequired,
            "biases of q, k and v", "others");
  } else if (config.family != "llama") {
    require(!bias, fmt::format("no biases in a {}", config.family), "some");
  }
}

class Keys {
 public:
  Keys(std::string architecture, weights::GgufMetadata& metadata)
      : architecture_(std::move(architecture)), metadata_(metadata) {}
  template <typename T>
  void add(std::string_view name, const T& value) {
    metadata_.add(fmt::format("{}.{}", architecture_, name), value);
  }
  void count(std::string_view name, int64_t value) { add(name, static_cast<uint32_t>(value)); }
  void number(std::string_view name, double value) { add(name, static_cast<float>(value)); }

 private:
  std::string architecture_;
  weights::GgufMetadata& metadata_;
};

void add_rope(const LlamaConfig& config, Keys& keys) {
  const RopeConfig& rope = config.rope;
  keys.number("rope.freq_base", rope.theta);
  keys.count("rope.dimension_count", config.head_dim);
  if (config.family == "gemma3") {
    require(config.sliding_rope.scaling == RopeScalingKind::kNone &&
                is_near(config.sliding_rope.theta, kGemma3SlidingTheta),
            "plain frequencies to the base of 10000 in sliding layers", "others");
  }
  if (rope.scaling == RopeScalingKind::kLinear) {
    keys.add("rope.scaling.type", std::string_view("linear"));
    keys.number("rope.scaling.factor", rope.factor);
  } else if (rope.scaling == RopeScalingKind::kYarn) {
    RopeConfig plain = rope;
    plain.attention_factor.reset();
    require(is_near(rope_magnitude(rope), rope_magnitude(plain)),
            fmt::format("YaRN's own attention factor of {}", rope_magnitude(plain)),
            fmt::format("{}", rope_magnitude(rope)));
    keys.add("rope.scaling.type", std::string_view("yarn"));
    keys.number("rope.scaling.factor", rope.factor);
    keys.count("rope.scaling.original_context_length", rope.original_context);
    if (!is_near(rope.beta_fast, 32.0)) keys.number("rope.scaling.yarn_beta_fast", rope.beta_fast);
    if (!is_near(rope.beta_slow, 1.0)) keys.number("rope.scaling.yarn_beta_slow", rope.beta_slow);
  }
}

}  // namespace

weights::GgufMetadata llama_config_to_gguf(const LlamaConfig& config) {
  check_sliding(config);
  check_attention(config);
  const std::string architecture = config.family == "mistral" ? "llama" : config.family;
  weights::GgufMetadata metadata;
  metadata.add("general.architecture", architecture);
  Keys keys(architecture, metadata);
  keys.count("context_length", config.context_length);
  keys.count("embedding_length", config.hidden);
  keys.count("block_count", config.layers);
  keys.count("feed_forward_length", config.intermediate);
  keys.count("attention.head_count", config.heads);
  keys.count("attention.head_count_kv", config.kv_heads);
  keys.count("attention.key_length", config.head_dim);
  keys.count("attention.value_length", config.head_dim);
  keys.add("attention.layer_norm_rms_epsilon", config.norm_eps);
  keys.count("vocab_size", config.vocab_size);
  if (config.family == "gemma3") keys.count("attention.sliding_window", config.sliding_window);
  add_rope(config, keys);
  return metadata;
}

std::vector<float> llama_rope_divisors(const LlamaConfig& config) {
  if (config.rope.scaling != RopeScalingKind::kLlama3) return {};
  RopeConfig plain = config.rope;
  plain.scaling = RopeScalingKind::kNone;
  std::vector<float> divisors = inverse_frequencies(plain, config.head_dim);
  const std::vector<float> stretched = inverse_frequencies(config.rope, config.head_dim);
  for (size_t i = 0; i < divisors.size(); ++i) divisors[i] /= stretched[i];
  return divisors;
}

}  // namespace auris::models
