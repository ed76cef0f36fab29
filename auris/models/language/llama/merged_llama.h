#pragma once
// Multiplies an adapter into the weights of a language model of the llama family and writes the sum as a
// Hugging Face folder, for programs that know no adapters.

#include <filesystem>
#include <memory>

#include "auris/nn/load_options.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

struct MergeOptions {
  nn::AdapterSource adapter = {};  // asked as by load_llama; without one the model itself is written
  DType dtype = DType::kF16;       // of all tensors: f32, f16 or bf16
};

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
