#include "auris/models/language/llama/merged_weights.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "auris/base/thread_pool.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/language/llama/llama_row_order.h"
#include "auris/nn/adapter.h"
#include "auris/tensor/dequantize.h"
#include "auris/tensor/ops/elementwise.h"

namespace auris::models {
namespace {

constexpr const char* kOutput = "lm_head.weight";
constexpr const char* kTable = "embed_tokens.weight";
constexpr int64_t kRowsAtOnce = 16;

// "layers.0.self_attn.q_proj.weight" -> "layers.0.self_attn.q_proj".
std::string layer_of(const std::string& name) { return name.substr(0, name.rfind('.')); }

int64_t width_of(const Tensor& tensor) { return tensor.shape().rank() == 1 ? 1 : tensor.cols(); }

// Row order of q and k in files of this config; null for all other tensors.
std::shared_ptr<const std::vector<int32_t>> order_of(const std::string& name, const LlamaConfig& config) {
  const std::string layer = layer_of(name);
  if (layer.ends_with(".q_proj")) return llama_row_order(config, config.heads);
  if (layer.ends_with(".k_proj")) return llama_row_order(config, config.kv_heads);
  return nullptr;
}

std::vector<int32_t> inverse_of(const std::vector<int32_t>& order) {
  std::vector<int32_t> inverse(order.size());
  for (size_t i = 0; i < order.size(); ++i) inverse[static_cast<size_t>(order[i])] = static_cast<int32_t>(i);
  return inverse;
}

// One row of a tensor as f32.
void read_row(const Tensor& tensor, const Tensor& row_scale, int64_t row, float* out) {
  const int64_t width = width_of(tensor);
  const size_t row_bytes = tensor.bytes() / static_cast<size_t>(tensor.elements() / width);
  dequantize(tensor.dtype(), tensor.data<std::byte>() + static_cast<size_t>(row) * row_bytes, width, out);
  if (!row_scale.defined()) return;
  const float scale = row_scale.data<float>()[row];
  for (int64_t i = 0; i < width; ++i) out[i] /= scale;
}

// row += scale * b[b_row] A.
void add_low_rank(const LowRank& low, int64_t b_row, float* row) {
  const int64_t rank = low.a.rows(), width = low.a.cols();
  const float* b = low.b.data<float>() + b_row * rank;
  for (int64_t r = 0; r < rank; ++r) {
    const float factor = low.scale * b[r];
    const float* a = low.a.data<float>() + r * width;
    for (int64_t i = 0; i < width; ++i) row[i] += factor * a[i];
  }
}

}  // namespace

MergedWeights::MergedWeights(std::shared_ptr<const weights::Checkpoint> source, const LlamaConfig& config,
                             const nn::AdapterSource& adapter, const TrainedTensors& trained)
    : config_(config) {
  LlamaOptions options;
  options.adopt = [&](std::string_view name, const Tensor& tensor) {
    const auto found = trained.find(name);
    const Tensor& used = found == trained.end() ? tensor : found->second;
    if (!nn::is_adapter_tensor(name)) tensors_[std::string(name)] = used;
    return used;
  };
  if (adapter) {
    options.adapter = [&](std::string_view name, nn::LinearSize size) {
      LowRank low = adapter(name, size);
      if (low.defined()) adapter_[std::string(name)] = low;
      return low;
    };
  }
  load_llama(source, config, options);
  const auto bias = [&](const char* layer) {
    return tensors_.contains(std::string("layers.0.self_attn.") + layer + ".bias") ? nn::Bias::kRequired
                                                                                   : nn::Bias::kNone;
  };
  config_.qkv_bias = bias("q_proj");
  config_.output_bias = bias("o_proj");
  config_.rope_factors = rope_divisors().defined();
  if (adapter_.contains("lm_head")) config_.tied_embeddings = false;
}

std::vector<std::string> MergedWeights::names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors_) {
    if (name != "rope_freqs.weight" && !name.ends_with(".weight_scale")) names.push_back(name);
  }
  if (!config_.tied_embeddings && !tensors_.contains(kOutput)) names.emplace_back(kOutput);
  return names;
}

Tensor MergedWeights::find(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? Tensor() : found->second;
}

const std::string& MergedWeights::base_of(const std::string& name) const {
  static const std::string table = kTable;
  return name == kOutput && !tensors_.contains(name) ? table : name;
}

Shape MergedWeights::shape_of(const std::string& name) const { return tensors_.at(base_of(name)).shape(); }

int64_t MergedWeights::rows_of(const std::string& name) const {
  const Tensor& tensor = tensors_.at(base_of(name));
  return tensor.elements() / width_of(tensor);
}

MergedWeights::Order MergedWeights::source_order(const std::string& name) const {
  return order_of(name, config_);
}

MergedWeights::Order MergedWeights::target_order(const std::string& name, LlamaLayout layout) const {
  const bool permuted = config_.family == "llama" || config_.family == "mistral";
  LlamaConfig target = config_;
  target.rope_style = layout == LlamaLayout::kGguf && permuted ? RopeStyle::kInterleaved : RopeStyle::kHalves;
  return order_of(name, target);
}

float MergedWeights::norm_shift(const std::string& name, LlamaLayout layout) const {
  if (config_.family != "gemma3" || !name.ends_with("norm.weight")) return 0.0f;
  return config_.norm_weight_offset - (layout == LlamaLayout::kHuggingFace ? 1.0f : 0.0f);
}

void MergedWeights::read(const std::string& name, LlamaLayout layout, int64_t begin, int64_t count,
                         float* out) const {
  const Tensor& tensor = tensors_.at(base_of(name));
  const Tensor row_scale = find(base_of(name) + "_scale");
  AURIS_CHECK(begin >= 0 && count >= 0 && begin + count <= rows_of(name));
  const Order from = source_order(name), to = target_order(name, layout);
  const std::vector<int32_t> place = from ? inverse_of(*from) : std::vector<int32_t>();
  const auto low = name.ends_with(".weight") ? adapter_.find(layer_of(name)) : adapter_.end();
  const float shift = norm_shift(name, layout);
  const int64_t width = width_of(tensor), chunks = (count + kRowsAtOnce - 1) / kRowsAtOnce;
  parallel_for(chunks, [&](int64_t chunk) {
    for (int64_t i = chunk * kRowsAtOnce; i < std::min(count, (chunk + 1) * kRowsAtOnce); ++i) {
      const int64_t row = to ? (*to)[static_cast<size_t>(begin + i)] : begin + i;  // Hugging Face's number
      float* values = out + i * width;
      read_row(tensor, row_scale, from ? place[static_cast<size_t>(row)] : row, values);
      if (low != adapter_.end()) add_low_rank(low->second, row, values);
      for (int64_t k = 0; k < width && shift != 0.0f; ++k) values[k] += shift;
    }
  });
}

Tensor MergedWeights::value(const std::string& name, LlamaLayout layout) const {
  Tensor all = Tensor::empty(shape_of(name));
  read(name, layout, 0, rows_of(name), all.data<float>());
  return all;
}

Tensor MergedWeights::unchanged(const std::string& name, LlamaLayout layout) const {
  const Order from = source_order(name), to = target_order(name, layout);
  const bool moved = (from == nullptr) != (to == nullptr);
  const bool merged = name.ends_with(".weight") && adapter_.contains(layer_of(name));
  const bool scaled = tensors_.contains(base_of(name) + "_scale");
  return moved || merged || scaled || norm_shift(name, layout) != 0.0f ? Tensor() : find(base_of(name));
}

}  // namespace auris::models
