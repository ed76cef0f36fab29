#include "auris/models/language/llama/llama_config.h"

#include <fmt/format.h>

#include "auris/base/error.h"

namespace auris::models {
namespace {

void require(bool holds, const std::string& where, std::string expected, std::string got) {
  if (holds) return;
  throw Error(ErrorCode::kModel,
              {.where = where, .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

void validate_rope(const RopeConfig& rope, const std::string& where) {
  if (rope.scaling == RopeScalingKind::kLlama3) {
    require(rope.high_frequency_factor > rope.low_frequency_factor, where,
            "a high_freq_factor above low_freq_factor",
            fmt::format("{} and {}", rope.high_frequency_factor, rope.low_frequency_factor));
  }
  if (rope.scaling == RopeScalingKind::kLlama3 || rope.scaling == RopeScalingKind::kYarn) {
    require(rope.original_context > 0, where, "the original context of the rope scaling", "none");
  }
}

}  // namespace

bool is_llama_family_type(const std::string& type) {
  return type == "llama" || type == "mistral" || type == "qwen2" || type == "qwen3" ||
         type == "gemma3_text" || type == "gemma3";
}

bool is_llama_family_architecture(const std::string& architecture) {
  return architecture == "llama" || architecture == "mistral" || architecture == "qwen2" ||
         architecture == "qwen3" || architecture == "gemma3";
}

LlamaConfig llama_config_of(const weights::Checkpoint& checkpoint) {
  if (checkpoint.format() != weights::Format::kGguf) return llama_config_from_hf(checkpoint.metadata());
  return llama_config_from_gguf(checkpoint.metadata(), checkpoint.contains("output.weight"));
}

void validate(const LlamaConfig& config, const std::string& where) {
  require(config.heads % config.kv_heads == 0, where, "heads that are a multiple of the key and value heads",
          fmt::format("{} and {}", config.heads, config.kv_heads));
  require(config.head_dim % 2 == 0, where, "an even head dimension, for the rotary embedding",
          std::to_string(config.head_dim));
  require(static_cast<int64_t>(config.heads) * config.head_dim <= kMaxHidden, where,
          fmt::format("at most {} query columns", kMaxHidden),
          fmt::format("{} x {}", config.heads, config.head_dim));
  require(static_cast<int64_t>(config.sliding_layers.size()) == config.layers, where,
          fmt::format("a kind for each of {} layers", config.layers),
          std::to_string(config.sliding_layers.size()));
  for (bool sliding : config.sliding_layers) {
    require(!sliding || config.sliding_window > 0, where, "the size of the sliding window", "none");
  }
  validate_rope(config.rope, where);
  validate_rope(config.sliding_rope, where);
}

}  // namespace auris::models
