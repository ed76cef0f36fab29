#include "auris/models/language/llama/llama.h"

#include <fmt/format.h>

#include "auris/models/language/llama/llama_names.h"
#include "auris/models/language/llama/llama_row_order.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/recompute.h"
#include "auris/tensor/ops/rope.h"
#include "auris/tensor/transfer.h"

namespace auris::models {

struct Llama::Pass {
  RowLayout layout;
  std::vector<int32_t> positions;
  KvCache* cache = nullptr;
  std::optional<std::vector<int32_t>> rows;  // that the last layer computes; nullopt for all
};

Llama::Llama(const LlamaConfig& config, const nn::Parameters& parameters) : config_(config) {
  embedding_ = nn::load_embedding(parameters, "embed_tokens", config.vocab_size, config.hidden);
  for (int index = 0; index < config.layers; ++index) layers_.push_back(load_layer(parameters, index));
  norm_ = nn::load_rms_norm(parameters, "norm", config.hidden, config.norm_eps, config.norm_weight_offset);
  if (config.tied_embeddings) {
    output_.weights.weight = embedding_.table;
    output_.weights.low_rank =
        parameters.low_rank("lm_head", {.in = config.hidden, .out = config.vocab_size});
  } else {
    output_ = nn::load_linear(parameters, "lm_head", {.in = config.hidden, .out = config.vocab_size});
  }
  rope_ = rope_spec(config.rope, parameters);
  sliding_rope_ = rope_spec(config.sliding_rope, parameters);
}

Llama::Layer Llama::load_layer(const nn::Parameters& all, int index) const {
  const LlamaConfig& c = config_;
  nn::Parameters parameters = all.under(fmt::format("layers.{}", index));
  auto norm = [&](std::string_view name, int64_t dim) {
    return nn::load_rms_norm(parameters, name, dim, c.norm_eps, c.norm_weight_offset);
  };
  int64_t q_columns = static_cast<int64_t>(c.heads) * c.head_dim;
  int64_t kv_columns = static_cast<int64_t>(c.kv_heads) * c.head_dim;

  Layer layer;
  layer.attention_norm = norm("input_layernorm", c.hidden);
  layer.q =
      nn::load_linear(parameters, "self_attn.q_proj", {.in = c.hidden, .out = q_columns, .bias = c.qkv_bias});
  layer.k = nn::load_linear(parameters, "self_attn.k_proj",
                            {.in = c.hidden, .out = kv_columns, .bias = c.qkv_bias});
  layer.v = nn::load_linear(parameters, "self_attn.v_proj",
                            {.in = c.hidden, .out = kv_columns, .bias = c.qkv_bias});
  if (LowRank& low = layer.q.weights.low_rank; low.defined()) low.b_rows = llama_row_order(c, c.heads);
  if (LowRank& low = layer.k.weights.low_rank; low.defined()) low.b_rows = llama_row_order(c, c.kv_heads);
  layer.o = nn::load_linear(parameters, "self_attn.o_proj",
                            {.in = q_columns, .out = c.hidden, .bias = c.output_bias});
  if (c.qk_norm) {
    layer.q_norm = norm("self_attn.q_norm", c.head_dim);
    layer.k_norm = norm("self_attn.k_norm", c.head_dim);
  }
  if (c.sandwich_norms) {
    layer.after_attention = norm("post_attention_layernorm", c.hidden);
    layer.mlp_norm = norm("pre_feedforward_layernorm", c.hidden);
    layer.after_mlp = norm("post_feedforward_layernorm", c.hidden);
  } else {
    layer.mlp_norm = norm("post_attention_layernorm", c.hidden);
  }
  layer.mlp.gate = nn::load_linear(parameters, "mlp.gate_proj", {.in = c.hidden, .out = c.intermediate});
  layer.mlp.up = nn::load_linear(parameters, "mlp.up_proj", {.in = c.hidden, .out = c.intermediate});
  layer.mlp.down = nn::load_linear(parameters, "mlp.down_proj", {.in = c.intermediate, .out = c.hidden});
  layer.mlp.activation = c.activation;
  layer.sliding = c.sliding_layers[static_cast<size_t>(index)];
  layer.attention = {.heads = c.heads,
                     .kv_heads = c.kv_heads,
                     .head_dim = c.head_dim,
                     .scale = c.attention_scale,
                     .causal = true,
                     .window = layer.sliding ? c.sliding_window : 0};
  return layer;
}

RopeSpec Llama::rope_spec(const RopeConfig& rope, const nn::Parameters& parameters) const {
  RopeSpec spec{.head_dim = config_.head_dim,
                .inverse_frequencies = inverse_frequencies(rope, config_.head_dim),
                .magnitude = rope_magnitude(rope),
                .style = config_.rope_style};
  // Llama 3's stretching comes in GGUF files as divisors.
  if (config_.rope_factors && parameters.contains("rope_freqs.weight")) {
    Tensor divisors = ops::to_f32(to_host(parameters.plain("rope_freqs.weight", {config_.head_dim / 2})));
    for (size_t i = 0; i < spec.inverse_frequencies.size(); ++i) {
      spec.inverse_frequencies[i] /= divisors.data<float>()[i];
    }
  }
  return spec;
}

KvCacheOptions Llama::cache_options(DType dtype, int64_t max_pages) const {
  return {.layers = config_.layers,
          .kv_heads = config_.kv_heads,
          .head_dim = config_.head_dim,
          .dtype = dtype,
          .max_pages = max_pages};
}

Tensor Llama::embed(std::span<const int32_t> ids) const {
  Tensor rows = embedding_.forward(ids);
  return config_.embedding_scale == 1.0f ? rows : ops::scale(rows, config_.embedding_scale);
}

// x [rows, hidden], already normalised -> what the heads gathered, [rows, heads * head_dim].
Tensor Llama::attend(const Layer& layer, int index, const Tensor& x, const Pass& pass) const {
  ops::Qkv qkv = ops::linear_qkv(x, layer.q.weights, layer.k.weights, layer.v.weights);
  if (config_.qk_norm) {
    qkv.q = layer.q_norm.forward_heads(qkv.q);
    qkv.k = layer.k_norm.forward_heads(qkv.k);
  }
  const RopeSpec& rope = layer.sliding ? sliding_rope_ : rope_;
  qkv.q = ops::rope(qkv.q, pass.positions, rope);
  qkv.k = ops::rope(qkv.k, pass.positions, rope);
  if (pass.cache == nullptr) return ops::attention(qkv.q, qkv.k, qkv.v, pass.layout, layer.attention);
  return ops::attention_cached(qkv.q, qkv.k, qkv.v, pass.layout, layer.attention, *pass.cache, index);
}

// x [rows, hidden] -> the rows behind layer `index`.
Tensor Llama::block(int index, const Tensor& x, const Pass& pass) const {
  const Layer& layer = layers_[static_cast<size_t>(index)];
  Tensor rows = x, heads = attend(layer, index, layer.attention_norm.forward(x), pass);
  if (pass.rows && index + 1 == config_.layers) {  // nobody attends to the other rows any more
    heads = ops::gather_rows(heads, *pass.rows);
    rows = ops::gather_rows(rows, *pass.rows);
  }
  if (config_.sandwich_norms) {
    rows = ops::add(rows, layer.after_attention.forward(layer.o.forward(heads)));
    return ops::add(rows, layer.after_mlp.forward(layer.mlp.forward(layer.mlp_norm.forward(rows))));
  }
  rows = layer.o.forward(heads, {.activation = Activation::kNone, .residual = rows});
  return layer.mlp.forward(layer.mlp_norm.forward(rows), rows);
}

Tensor Llama::forward(const Tensor& embeddings, const RowLayout& layout,
                      const ForwardOptions& options) const {
  AURIS_CHECK(embeddings.rows() == layout.rows() && embeddings.cols() == config_.hidden);
  if (options.cache != nullptr) options.cache->extend(layout);
  // A backward pass that computes layers again needs it longer than this call.
  const auto pass = std::make_shared<Pass>();
  pass->layout = layout;
  pass->positions = layout.positions();
  pass->cache = options.cache;
  if (options.rows) pass->rows.emplace(options.rows->begin(), options.rows->end());
  auto observe = [&](std::string_view name, const Tensor& rows) {
    if (options.observer) options.observer(name, rows);
  };
  Tensor x = embeddings;  // [rows, hidden]
  observe("embeddings", x);
  for (int index = 0; index < config_.layers; ++index) {
    x = options.cache != nullptr ? block(index, x, *pass)
                                 : ops::recomputed(x, [this, index, pass](const Tensor& rows) {
                                     return block(index, rows, *pass);
                                   });
    observe(fmt::format("layers.{}", index), x);
  }
  x = norm_.forward(x);
  observe("norm", x);
  return x;
}

Tensor Llama::logits(const Tensor& hidden) const { return output_.forward(hidden); }

std::vector<int32_t> last_rows(const RowLayout& layout) {
  std::vector<int32_t> rows;
  for (const RowSpan& span : layout.spans) {
    if (span.row_count > 0) rows.push_back(static_cast<int32_t>(span.row_begin + span.row_count - 1));
  }
  return rows;
}

std::shared_ptr<const Llama> load_llama(const std::shared_ptr<const weights::Checkpoint>& checkpoint,
                                        const LlamaOptions& options) {
  return load_llama(checkpoint, llama_config_of(*checkpoint), options);
}

std::shared_ptr<const Llama> load_llama(const std::shared_ptr<const weights::Checkpoint>& checkpoint,
                                        const LlamaConfig& config, const LlamaOptions& options) {
  nn::Parameters parameters(checkpoint, llama_names(*checkpoint, config), options.device);
  return std::make_shared<const Llama>(config,
                                       parameters.with_adapter(options.adapter).adopting(options.adopt));
}

}  // namespace auris::models
