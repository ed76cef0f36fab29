#pragma once
// A language model of the llama family as a Hugging Face folder: an adapter multiplied into its weights, for
// programs that know no adapters, or what training made of them.

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "auris/models/language/llama/merged_weights.h"
#include "auris/weights/safetensors_writer.h"

namespace auris::models {

struct MergeOptions {
  nn::AdapterSource adapter = {};  // asked as by load_llama; without one the model itself is written
  DType dtype = DType::kF16;       // of all tensors: f32, f16 or bf16
  TrainedTensors trained = {};     // instead of the source's own
  // Of a source whose config.json is another model's, around it.
  std::optional<LlamaConfig> config = {};
};

// config.json and the tensors, with the names of Hugging Face's checkpoints ("model.layers.0...").
struct MergedFolder {
  nlohmann::ordered_json config;
  std::vector<weights::NamedTensor> tensors;
};
MergedFolder merged_llama(const std::shared_ptr<const weights::Checkpoint>& source,
                          const MergeOptions& options = {});

// The files of a tokenizer and a chat template that lie in a folder. Throws kUsage if the system refuses.
void copy_tokenizer(const std::filesystem::path& from, const std::filesystem::path& folder);

// Writes config.json and model.safetensors, W + scale B A where the adapter has a low rank, everything
// dequantized and in Hugging Face's row order. A source in safetensors keeps its config, and its tokenizer's
// files are copied; for a GGUF file the config is made from its metadata, and no tokenizer is written. Files
// appear whole or not at all, config.json last. Needs memory for the whole written model.
//
// Throws kModel as load_llama does; kUsage for a GGUF file whose frequencies config.json cannot say
// (llama_config_to_hf), numbers too large for f16, or if the system refuses to write.
void write_merged_llama(const std::filesystem::path& folder,
                        const std::shared_ptr<const weights::Checkpoint>& source,
                        const MergeOptions& options = {});

}  // namespace auris::models
