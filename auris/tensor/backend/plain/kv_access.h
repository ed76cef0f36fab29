#pragma once
// Single tokens of the paged cache as f32, in the layout that kv_cache.h defines.

#include "auris/tensor/kv_cache.h"

namespace auris {

// keys or values of one kv head at one position; `vector` holds head_dim numbers.
void load_key(const KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
              float* vector);
void load_value(const KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
                float* vector);
void store_key(KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
               const float* vector);
void store_value(KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
                 const float* vector);

}  // namespace auris
