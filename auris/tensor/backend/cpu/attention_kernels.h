#pragma once
// The kernels of attention, dispatched to the best SIMD target.

#include "auris/tensor/backend/cpu/attention_task.h"

namespace auris::cpu {

int attention_block_items();  // queries of a block

// Chunks [first, last) of the context for one block, merged, into `partial` (partial_floats of them).
void attend_chunks(const QueryBlock& block, const AttentionSpec& spec, int64_t first, int64_t last,
                   float* partial);

// Merges `count` partials that lie partial_floats apart, in order, and writes the block's rows of y.
void finish_block(const QueryBlock& block, int head_dim, float* partials, int64_t count);

// Softmax weights over the whole context: item i to y + i * length.
void weigh_block(const QueryBlock& block, const AttentionSpec& spec, float* y);

void store_tokens(const StoreTask& task);

}  // namespace auris::cpu
