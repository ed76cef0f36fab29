#pragma once
// The order of the rows of q and k. Hugging Face's checkpoints rotate halves of a head; llama.cpp's converter
// permutes the rows for files of arch llama, so that neighbours are rotated (RopeStyle::kInterleaved).
// Adapters always have Hugging Face's order.

#include <cstdint>
#include <memory>
#include <vector>

#include "auris/models/language/llama/llama_config.h"

namespace auris::models {

// Row i of the checkpoint's q_proj (heads = config.heads) or k_proj (config.kv_heads) is row order[i] of
// Hugging Face's. Null if the orders are the same.
std::shared_ptr<const std::vector<int32_t>> llama_row_order(const LlamaConfig& config, int heads);

}  // namespace auris::models
