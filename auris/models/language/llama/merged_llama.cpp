#include "auris/models/language/llama/merged_llama.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/weights/stored_tensor.h"

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

std::vector<weights::NamedTensor> all_in_type(const MergedWeights& merged, DType dtype) {
  std::vector<weights::NamedTensor> all;
  for (const std::string& name : merged.names()) {
    const std::string written = (name.starts_with("lm_head.") ? "" : "model.") + name;
    Tensor value = merged.unchanged(name, LlamaLayout::kHuggingFace);
    if (!value.defined() || value.dtype() != dtype)
      value = weights::stored_as(dtype, name, merged.value(name, LlamaLayout::kHuggingFace));
    all.push_back({written, value});
  }
  return all;
}

// `own`: the source's, `config`: of what is written.
nlohmann::ordered_json config_of(const Checkpoint& source, const LlamaConfig& own, const LlamaConfig& config,
                                 DType dtype) {
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
  if (own.tied_embeddings != config.tied_embeddings) json["tie_word_embeddings"] = false;
  json[json.contains("dtype") ? "dtype" : "torch_dtype"] = dtype == DType::kF32   ? "float32"
                                                           : dtype == DType::kF16 ? "float16"
                                                                                  : "bfloat16";
  return json;
}

}  // namespace

MergedFolder merged_llama(const CheckpointPtr& source, const MergeOptions& options) {
  AURIS_CHECK(options.dtype == DType::kF32 || options.dtype == DType::kF16 || options.dtype == DType::kBF16);
  const LlamaConfig own = options.config ? *options.config : llama_config_of(*source);
  const MergedWeights merged(source, own, options.adapter, options.trained);
  return {.config = config_of(*source, own, merged.config(), options.dtype),
          .tensors = all_in_type(merged, options.dtype)};
}

void copy_tokenizer(const std::filesystem::path& from, const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const char* name : kTokenizerFiles) {
    const std::filesystem::path path = from / name;
    if (!std::filesystem::is_regular_file(path, ignored)) continue;
    write_whole(folder / name, MappedFile::open(path, ErrorCode::kModel)->bytes(), ErrorCode::kUsage);
  }
}

void write_merged_llama(const std::filesystem::path& folder, const CheckpointPtr& source,
                        const MergeOptions& options) {
  const MergedFolder merged = merged_llama(source, options);
  std::error_code ignored;
  std::filesystem::remove(folder / "config.json", ignored);
  weights::write_safetensors(folder / "model.safetensors", merged.tensors, {{"format", "pt"}});
  if (source->format() != weights::Format::kGguf) copy_tokenizer(source->folder(), folder);
  write_whole(folder / "config.json", merged.config.dump(2) + "\n", ErrorCode::kUsage);
}

}  // namespace auris::models
