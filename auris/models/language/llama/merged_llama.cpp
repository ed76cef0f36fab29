#include "auris/models/language/llama/merged_llama.h"

#include <array>
#include <cmath>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/models/language/llama/merged_weights.h"
#include "auris/tensor/float16.h"
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

std::vector<weights::NamedTensor> all_in_type(const MergedWeights& merged, DType dtype) {
  std::vector<weights::NamedTensor> all;
  for (const std::string& name : merged.names()) {
    const Tensor value = merged.value(name, LlamaLayout::kHuggingFace);
    all.push_back({(name.starts_with("lm_head.") ? "" : "model.") + name, in_type(name, value, dtype)});
  }
  return all;
}

nlohmann::ordered_json config_of(const Checkpoint& source, const LlamaConfig& config, DType dtype) {
  nlohmann::ordered_json json;
  if (source.format() == weights::Format::kGguf) {
    json = llama_config_to_hf(config);
  } else {
    json = source.metadata();
    json.erase("__metadata__");
    if (json.contains("text_config")) {  // the language model inside another one
      nlohmann::ordered_json inner = json["text_config"];
      json = std::move(inner);
      if (!json.contains("model_type")) json["model_type"] = "llama";
      json["tie_word_embeddings"] = config.tied_embeddings;
    }
  }
  if (llama_config_of(source).tied_embeddings != config.tied_embeddings) json["tie_word_embeddings"] = false;
  json[json.contains("dtype") ? "dtype" : "torch_dtype"] = dtype == DType::kF32   ? "float32"
                                                           : dtype == DType::kF16 ? "float16"
                                                                                  : "bfloat16";
  return json;
}

}  // namespace

void write_merged_llama(const std::filesystem::path& folder, const CheckpointPtr& source,
                        const MergeOptions& options) {
  AURIS_CHECK(options.dtype == DType::kF32 || options.dtype == DType::kF16 || options.dtype == DType::kBF16);
  MergedWeights merged(source, llama_config_of(*source), options.adapter);
  std::string config = config_of(*source, merged.config(), options.dtype).dump(2) + "\n";
  std::vector<weights::NamedTensor> all = all_in_type(merged, options.dtype);
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
