#include "auris/tensor/backend/plain/kv_access.h"

#include <algorithm>
#include <cmath>

#include "auris/tensor/float16.h"

namespace auris {
namespace {

// Element i of a token lies at index i * stride + offset of its panel: keys are transposed, values are not.
// The scales of q8_0 follow the same rule with the group of 32 elements instead of the element.
struct TokenInPanel {
  std::byte* panel;
  DType dtype;
  int64_t head_dim, stride, offset;
  int64_t scale_stride, scale_offset;

  int64_t index(int64_t i) const { return i * stride + offset; }
  float& scale(int64_t group) const {
    auto* scales = reinterpret_cast<float*>(panel + head_dim * kPageTokens);
    return scales[group * scale_stride + scale_offset];
  }
};

TokenInPanel locate(const KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
                    bool is_key) {
  int32_t page = cache.pages(sequence)[static_cast<size_t>(position / kPageTokens)];
  int64_t slot = position % kPageTokens;
  int64_t head_dim = cache.options().head_dim;
  if (is_key) {
    return {cache.keys(layer, page, kv_head),
            cache.options().dtype,
            head_dim,
            kPageTokens,
            slot,
            kPageTokens,
            slot};
  }
  return {cache.values(layer, page, kv_head),
          cache.options().dtype,
          head_dim,
          1,
          slot * head_dim,
          1,
          slot * (head_dim / 32)};
}

void load(const TokenInPanel& at, float* vector) {
  for (int64_t i = 0; i < at.head_dim; ++i) {
    switch (at.dtype) {
      case DType::kF32: vector[i] = reinterpret_cast<const float*>(at.panel)[at.index(i)]; break;
      case DType::kF16:
        vector[i] = f16_to_f32(reinterpret_cast<const uint16_t*>(at.panel)[at.index(i)]);
        break;
      default:
        vector[i] =
            static_cast<float>(reinterpret_cast<const int8_t*>(at.panel)[at.index(i)]) * at.scale(i / 32);
    }
  }
}

void store_q8_0(const TokenInPanel& at, const float* vector) {
  for (int64_t group = 0; group < at.head_dim / 32; ++group) {
    float largest = 0.0f;
    for (int64_t i = group * 32; i < group * 32 + 32; ++i) largest = std::max(largest, std::fabs(vector[i]));
    float scale = largest / 127.0f;
    float inverse = scale > 0.0f ? 1.0f / scale : 0.0f;
    at.scale(group) = scale;
    for (int64_t i = group * 32; i < group * 32 + 32; ++i) {
      reinterpret_cast<int8_t*>(at.panel)[at.index(i)] =
          static_cast<int8_t>(std::nearbyint(vector[i] * inverse));
    }
  }
}

void store(const TokenInPanel& at, const float* vector) {
  if (at.dtype == DType::kQ8_0) return store_q8_0(at, vector);
  for (int64_t i = 0; i < at.head_dim; ++i) {
    if (at.dtype == DType::kF32) {
      reinterpret_cast<float*>(at.panel)[at.index(i)] = vector[i];
    } else {
      reinterpret_cast<uint16_t*>(at.panel)[at.index(i)] = f32_to_f16(vector[i]);
    }
  }
}

}  // namespace

void load_key(const KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
              float* vector) {
  load(locate(cache, sequence, layer, kv_head, position, true), vector);
}

void load_value(const KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
                float* vector) {
  load(locate(cache, sequence, layer, kv_head, position, false), vector);
}

void store_key(KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
               const float* vector) {
  store(locate(cache, sequence, layer, kv_head, position, true), vector);
}

void store_value(KvCache& cache, SequenceId sequence, int layer, int kv_head, int64_t position,
                 const float* vector) {
  store(locate(cache, sequence, layer, kv_head, position, false), vector);
}

}  // namespace auris
