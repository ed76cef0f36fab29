#include "auris/models/language/llama/merged_llama.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/models/language/llama/llama.h"
#include "auris/models/language/llama/llama_row_order.h"
#include "auris/nn/adapter.h"
#include "auris/tensor/float16.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::models {
namespace {

using weights::Checkpoint;
using CheckpointPtr = std::shared_ptr<const Checkpoint>;

constexpr std::array<const char*, 10> kTokenizerFiles = {"tokenizer.json",
                                                         "tokenizer.model",
                                                         "tokenizer_config.json",
                                                         "added_tokens.json",
                                                         "special_tokens_map.json",
                                                         "vocab.json",
                                                         "merges.txt",
                                                         "chat_template.jinja",
                                                         "chat_template.json",
                                                         "generation_config.json"};

// All that a model takes, by its own names, and the scales of its low ranks by layer.
struct Taken {
  LlamaConfig config;
  std::map<std::string, Tensor> tensors;
  std::map<std::string, float> scales;
};

Taken take_all(const CheckpointPtr& source, const nn::AdapterSource& adapter) {
  Taken taken{.config = llama_config_of(*source), .tensors = {}, .scales = {}};
  LlamaOptions options;
  options.adopt = [&](std::string_view name, const Tensor& tensor) {
    return taken.tensors[std::string(name)] = tensor;
  };
  if (adapter) {
    options.adapter = [&](std::string_view name, nn::LinearSize size) {
      LowRank low = adapter(name, size);
      if (low.defined()) taken.scales[std::string(name)] = low.scale;
      return low;
    };
  }
  load_llama(source, taken.config, options);
  return taken;
}

// Rows from the checkpoint's order to Hugging Face's; f32.
Tensor in_hf_order(const Tensor& x, const std::vector<int32_t>& order) {
  Tensor y = Tensor::empty(x.shape());
  const int64_t width = x.shape().rank() == 1 ? 1 : x.cols();
  AURIS_CHECK(static_cast<int64_t>(order.size()) * width == x.elements());
  for (size_t i = 0; i < order.size(); ++i) {
    std::copy_n(x.data<float>() + static_cast<int64_t>(i) * width, width, y.data<float>() + order[i] * width);
  }
  return y;
}

Tensor transposed(const Tensor& x) {
  int64_t rows = x.rows(), cols = x.cols();
  Tensor y = Tensor::empty({cols, rows});
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < cols; ++c) y.data<float>()[c * rows + r] = x.data<float>()[r * cols + c];
  }
  return y;
}

Tensor in_type(const std::string& name, const Tensor& x, DType dtype) {
  if (dtype == DType::kF32) return x;
  Tensor y = Tensor::empty(x.shape(), dtype);
  for (int64_t i = 0; i < x.elements(); ++i) {
    float value = x.data<float>()[i];
    uint16_t bits = dtype == DType::kF16 ? f32_to_f16(value) : f32_to_bf16(value);
    if (dtype == DType::kF16 && std::isfinite(value) && !std::isfinite(f16_to_f32(bits))) {
      throw Error(ErrorCode::kUsage, {.where = quoted(name),
                                      .expected = "numbers that f16 can hold",
                                      .got = std::to_string(value),
                                      .hint = "write bf16 or f32"});
    }
    y.data<uint16_t>()[i] = bits;
  }
  return y;
}

class Merger {
 public:
  explicit Merger(const Taken& taken) : taken_(taken) {
    orders_["q_proj"] = llama_row_order(taken.config, taken.config.heads);
    orders_["k_proj"] = llama_row_order(taken.config, taken.config.kv_heads);
  }

  // W + scale B A of the layer, or a bias, norm or table, as f32 as Hugging Face has it.
  Tensor merged(const std::string& name) const {
    Tensor value = ops::to_f32(taken_.tensors.at(name), find(name + "_scale"));
    size_t dot = name.rfind('.');
    std::string layer = name.substr(0, dot);
    if (const auto* order = order_of(layer)) value = in_hf_order(value, *order);
    if (name.ends_with(".weight") && taken_.scales.contains(layer)) value = plus_low_rank(layer, value);
    // Gemma's norms are stored minus one there.
    if (taken_.config.family == "gemma3" && name.ends_with("norm.weight")) {
      float offset = taken_.config.norm_weight_offset - 1.0f;
      for (float& weight : value.span<float>()) weight += offset;
    }
    return value;
  }

  Tensor plus_low_rank(const std::string& layer, const Tensor& weight) const {
    Tensor a = taken_.tensors.at(layer + ".lora_a"), b = taken_.tensors.at(layer + ".lora_b");
    LinearWeights columns{.weight = transposed(a), .bias = {}, .row_scale = {}};
    return ops::add(weight, ops::scale(ops::linear(b, columns), taken_.scales.at(layer)));
  }

 private:
  Tensor find(const std::string& name) const {
    auto found = taken_.tensors.find(name);
    return found == taken_.tensors.end() ? Tensor() : found->second;
  }
  const std::vector<int32_t>* order_of(const std::string& layer) const {
    auto found = orders_.find(layer.substr(layer.rfind('.') + 1));
    return found == orders_.end() ? nullptr : found->second.get();
  }

  const Taken& taken_;
  std::map<std::string, std::shared_ptr<const std::vector<int32_t>>> orders_;
};

std::vector<weights::NamedTensor> all_merged(const Taken& taken, DType dtype) {
  Merger merger(taken);
  std::vector<weights::NamedTensor> all;
  auto add = [&](const std::string& name, const Tensor& value) {
    all.push_back({name, in_type(name, value, dtype)});
  };
  for (const auto& [name, tensor] : taken.tensors) {
    if (nn::is_adapter_tensor(name) || name.ends_with(".weight_scale")) continue;
    add((name.starts_with("lm_head.") ? "" : "model.") + name, merger.merged(name));
  }
  // An adapter beside the output matrix parts it from the embedding table.
  if (taken.config.tied_embeddings && taken.scales.contains("lm_head")) {
    add("lm_head.weight", merger.plus_low_rank("lm_head", merger.merged("embed_tokens.weight")));
  }
  return all;
}

nlohmann::ordered_json config_of(const Checkpoint& source, const Taken& taken, DType dtype) {
  nlohmann::ordered_json json;
  if (source.format() == weights::Format::kGguf) {
    LlamaConfig config = taken.config;
    auto bias = [&](const char* layer) {
      std::string name = std::string("layers.0.self_attn.") + layer + ".bias";
      return taken.tensors.contains(name) ? nn::Bias::kRequired : nn::Bias::kNone;
    };
    config.qkv_bias = bias("q_proj");
    config.output_bias = bias("o_proj");
    config.rope_factors = taken.tensors.contains("rope_freqs.weight");
    json = llama_config_to_hf(config);
  } else {
    json = source.metadata();
    json.erase("__metadata__");
    if (json.contains("text_config")) {  // the language model inside another one
      bool tied = taken.config.tied_embeddings;
      nlohmann::ordered_json inner = json["text_config"];
      json = std::move(inner);
      if (!json.contains("model_type")) json["model_type"] = "llama";
      json["tie_word_embeddings"] = tied;
    }
  }
  if (taken.scales.contains("lm_head")) json["tie_word_embeddings"] = false;
  json[json.contains("dtype") ? "dtype" : "torch_dtype"] = dtype == DType::kF32   ? "float32"
                                                           : dtype == DType::kF16 ? "float16"
                                                                                  : "bfloat16";
  return json;
}

}  // namespace

void write_merged_llama(const std::filesystem::path& folder, const CheckpointPtr& source,
                        const MergeOptions& options) {
  AURIS_CHECK(options.dtype == DType::kF32 || options.dtype == DType::kF16 || options.dtype == DType::kBF16);
  Taken taken = take_all(source, options.adapter);
  std::string config = config_of(*source, taken, options.dtype).dump(2) + "\n";
  std::vector<weights::NamedTensor> all = all_merged(taken, options.dtype);
  std::error_code ignored;
  std::filesystem::remove(folder / "config.json", ignored);
  weights::write_safetensors(folder / "model.safetensors", all, {{"format", "pt"}});
  if (source->format() != weights::Format::kGguf) {
    for (const char* name : kTokenizerFiles) {
      std::filesystem::path path = source->folder() / name;
      if (!std::filesystem::is_regular_file(path, ignored)) continue;
      write_whole(folder / name, MappedFile::open(path, ErrorCode::kModel)->bytes(), ErrorCode::kUsage);
    }
  }
  write_whole(folder / "config.json", config, ErrorCode::kUsage);
}

}  // namespace auris::models
