#pragma once
// From the names that Llama asks for (our names, see nn/parameters.h) to those of the files.

#include <string>
#include <string_view>

#include "auris/models/language/llama/llama_config.h"
#include "auris/nn/parameters.h"
#include "auris/weights/checkpoint.h"

namespace auris::models {

// Our name -> GGUF's: "layers.3.mlp.up_proj.weight" -> "blk.3.ffn_up.weight".
std::string llama_name_in_gguf(std::string_view name, bool sandwich_norms);

// Where a Hugging Face checkpoint keeps its language model: alone ("model.") or inside a composed model
// ("language_model.model.", "model.language_model."). Found by looking for the embedding table. Throws
// kModel.
nn::NameMap llama_names_in_hf(const weights::Checkpoint& checkpoint);

// The right map for the checkpoint's format.
nn::NameMap llama_names(const weights::Checkpoint& checkpoint, const LlamaConfig& config);

}  // namespace auris::models
