#pragma once
// The llama family of decoder-only language models, one forward pass for all of them: Llama 3.x, SmolLM2,
// Mistral, Qwen2 and Qwen2.5, Qwen3, Gemma 3. What differs is in LlamaConfig. Reference: transformers'
// modelling files.
//
//   auto llama = models::load_llama(weights::open_checkpoint(path));
//   KvCache cache(llama->cache_options(DType::kF16));
//   SequenceId sequence = cache.create();
//   RowLayout layout = RowLayout::single(ids.size(), 0, sequence);
//   std::vector<int32_t> last{int32_t(ids.size()) - 1};
//   Tensor hidden = llama->forward(llama->embed(ids), layout, {.cache = &cache, .rows = last});
//   Tensor logits = llama->logits(hidden);              // [1, vocab]
//
// The input is rows of embeddings, so that audio rows and text rows mix freely. A Llama is immutable after
// loading and may be used by several threads, each with its own cache.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "auris/models/language/llama/llama_config.h"
#include "auris/nn/layers.h"
#include "auris/tensor/kv_cache.h"
#include "auris/tensor/ops/attention.h"
#include "auris/tensor/row_layout.h"

namespace auris::models {

// Sees what passes between the layers; the tests name the first layer that differs from the reference with
// it.
using Observer = std::function<void(std::string_view name, const Tensor& rows)>;

struct ForwardOptions {
  KvCache* cache = nullptr;  // without one each span attends within itself
  // Only these rows come back (and the last layer computes no more than them); nullopt for all.
  std::optional<std::span<const int32_t>> rows = {};
  Observer observer = {};  // "embeddings", "layers.0" ..., "norm"
};

class Llama {
 public:
  // Throws kModel for a missing tensor or one of a wrong shape, by the file's name for it.
  Llama(const LlamaConfig& config, const nn::Parameters& parameters);

  const LlamaConfig& config() const { return config_; }
  KvCacheOptions cache_options(DType dtype, int64_t max_pages = 0) const;

  // Token ids -> [ids, hidden], scaled as the model wants its inputs. Throws kUsage for ids outside the
  // vocabulary.
  Tensor embed(std::span<const int32_t> ids) const;
  // [rows, hidden] -> [rows or options.rows, hidden] behind the final norm. Extends the cache by the layout's
  // rows. Without a cache each layer may be computed again in a backward pass (tensor/ops/recompute.h): the
  // model must then live until it is done.
  Tensor forward(const Tensor& embeddings, const RowLayout& layout, const ForwardOptions& options = {}) const;
  // [rows, hidden] -> [rows, vocab]
  Tensor logits(const Tensor& hidden) const;

 private:
  struct Layer {
    nn::RmsNorm attention_norm, mlp_norm;
    nn::RmsNorm after_attention, after_mlp;  // with sandwich norms
    nn::Linear q, k, v, o;
    nn::RmsNorm q_norm, k_norm;  // with qk_norm
    nn::GatedMlp mlp;
    AttentionSpec attention;
    bool sliding = false;
  };
  struct Pass;  // what the layers of one forward share

  Layer load_layer(const nn::Parameters& parameters, int index) const;
  RopeSpec rope_spec(const RopeConfig& rope, const nn::Parameters& parameters) const;
  Tensor attend(const Layer& layer, int index, const Tensor& x, const Pass& pass) const;
  Tensor block(int index, const Tensor& x, const Pass& pass) const;

  LlamaConfig config_;
  nn::Embedding embedding_;
  std::vector<Layer> layers_;
  nn::RmsNorm norm_;
  nn::Linear output_;
  RopeSpec rope_, sliding_rope_;
};

// The index of the last row of every span: what decoding needs.
std::vector<int32_t> last_rows(const RowLayout& layout);

// Names for the hooks: "embed_tokens.weight", "layers.0.self_attn.q_proj" (a linear layer), "norm.weight",
// "lm_head". An adapter's rows are in Hugging Face's order whatever the file's is: one adapter serves a
// folder and the GGUF file of the same weights.
using LlamaOptions = nn::LoadOptions;

// From a GGUF file, a Hugging Face folder, or the language model inside a composed checkpoint.
std::shared_ptr<const Llama> load_llama(const std::shared_ptr<const weights::Checkpoint>& checkpoint,
                                        const LlamaOptions& options = {});
// The same with a config that does not lie in the checkpoint's own metadata.
std::shared_ptr<const Llama> load_llama(const std::shared_ptr<const weights::Checkpoint>& checkpoint,
                                        const LlamaConfig& config, const LlamaOptions& options = {});

}  // namespace auris::models
