#include "auris/models/language/llama/llama_names.h"

#include <array>
#include <utility>

namespace auris::models {
namespace {

struct Pair {
  std::string_view ours, file;
};

constexpr std::array<Pair, 11> kLayerNames{{
    {"input_layernorm", "attn_norm"},
    {"self_attn.q_proj", "attn_q"},
    {"self_attn.k_proj", "attn_k"},
    {"self_attn.v_proj", "attn_v"},
    {"self_attn.o_proj", "attn_output"},
    {"self_attn.q_norm", "attn_q_norm"},
    {"self_attn.k_norm", "attn_k_norm"},
    {"mlp.gate_proj", "ffn_gate"},
    {"mlp.up_proj", "ffn_up"},
    {"mlp.down_proj", "ffn_down"},
    {"post_feedforward_layernorm", "post_ffw_norm"},
}};

// "layers.3.mlp.up_proj.weight" -> {"3", "mlp.up_proj", "weight"}.
std::string layer_name_in_gguf(std::string_view name, bool sandwich_norms) {
  name.remove_prefix(std::string_view("layers.").size());
  size_t dot = name.find('.');
  size_t last = name.rfind('.');
  AURIS_CHECK(dot != std::string_view::npos && last > dot);
  std::string_view index = name.substr(0, dot), suffix = name.substr(last);
  std::string_view module = name.substr(dot + 1, last - dot - 1);
  std::string prefix = "blk." + std::string(index) + ".";
  // Without sandwich norms "post_attention_layernorm" is the norm before the MLP.
  if (module == "post_attention_layernorm") {
    return prefix + (sandwich_norms ? "post_attention_norm" : "ffn_norm") + std::string(suffix);
  }
  if (module == "pre_feedforward_layernorm") return prefix + "ffn_norm" + std::string(suffix);
  for (const Pair& pair : kLayerNames) {
    if (pair.ours == module) return prefix + std::string(pair.file) + std::string(suffix);
  }
  return prefix + std::string(module) + std::string(suffix);
}

}  // namespace

std::string llama_name_in_gguf(std::string_view name, bool sandwich_norms) {
  if (name == "embed_tokens.weight") return "token_embd.weight";
  if (name == "norm.weight") return "output_norm.weight";
  if (name == "lm_head.weight") return "output.weight";
  if (name.starts_with("layers.")) return layer_name_in_gguf(name, sandwich_norms);
  return std::string(name);
}

nn::NameMap llama_names_in_hf(const weights::Checkpoint& checkpoint) {
  // Where the decoder and the output matrix lie, most specific first.
  constexpr std::array<Pair, 6> kPlaces{{
      {"language_model.model.", "language_model."},
      {"model.language_model.", ""},
      {"model.language_model.model.", "model.language_model."},
      {"language_model.", ""},
      {"model.", ""},
      {"", ""},
  }};
  for (const Pair& place : kPlaces) {
    if (!checkpoint.contains(std::string(place.ours) + "embed_tokens.weight")) continue;
    return [decoder = std::string(place.ours), head = std::string(place.file)](std::string_view name) {
      return (name.starts_with("lm_head.") ? head : decoder) + std::string(name);
    };
  }
  throw Error(ErrorCode::kModel, {.where = checkpoint.path().string(),
                                  .expected = "a tensor model.embed_tokens.weight",
                                  .got = "none",
                                  .hint = "the checkpoint holds no language model of the llama family"});
}

nn::NameMap llama_names(const weights::Checkpoint& checkpoint, const LlamaConfig& config) {
  if (checkpoint.format() != weights::Format::kGguf) return llama_names_in_hf(checkpoint);
  return [sandwich = config.sandwich_norms](std::string_view name) {
    return llama_name_in_gguf(name, sandwich);
  };
}

}  // namespace auris::models
