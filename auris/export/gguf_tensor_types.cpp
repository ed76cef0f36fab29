#include "auris/export/gguf_tensor_types.h"

#include <charconv>

#include "auris/base/error.h"

namespace auris::models {
namespace {

// "blk.3.attn_v.weight" -> 3; -1 outside the layers.
int layer_of(std::string_view name) {
  constexpr std::string_view kPrefix = "blk.";
  if (!name.starts_with(kPrefix)) return -1;
  int layer = -1;
  std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), layer);
  return layer;
}

// llama.cpp's use_more_bits: the first and last eighths of the layers, and every third between.
bool is_delicate(int layer, int layers) {
  const int eighth = layers / 8;
  return layer < eighth || layer >= 7 * layers / 8 || (layer - eighth) % 3 == 2;
}

bool is_legacy(DType type) {
  return type == DType::kQ4_0 || type == DType::kQ4_1 || type == DType::kQ5_0 || type == DType::kQ5_1;
}

DType mixed(DType wanted, const GgufTensorPlace& place) {
  const bool medium = wanted == DType::kQ4_K || wanted == DType::kQ5_K;
  const bool output =
      place.name == "output.weight" || (!place.has_output && place.name == "token_embd.weight");
  if (output && (medium || is_legacy(wanted))) return DType::kQ6_K;
  const bool delicate = place.name.ends_with(".attn_v.weight") || place.name.ends_with(".ffn_down.weight");
  if (medium && delicate && is_delicate(layer_of(place.name), place.layers)) return DType::kQ6_K;
  return wanted;
}

// The type nearest to one whose blocks are too long for the rows.
DType shorter(DType type) {
  switch (type) {
    case DType::kQ4_K: return DType::kQ5_0;
    case DType::kQ5_K: return DType::kQ5_1;
    case DType::kQ6_K: return DType::kQ8_0;
    default: return DType::kF16;
  }
}

}  // namespace

DType gguf_tensor_type(DType wanted, const GgufTensorPlace& place) {
  if (place.shape.rank() < 2) return DType::kF32;
  DType type = mixed(wanted, place);
  while (place.shape[-1] % info_of(type).block_elements != 0) type = shorter(type);
  return type;
}

uint32_t gguf_file_type(DType wanted) {
  switch (wanted) {
    case DType::kF32: return 0;
    case DType::kF16: return 1;
    case DType::kQ4_0: return 2;
    case DType::kQ4_1: return 3;
    case DType::kQ8_0: return 7;
    case DType::kQ5_0: return 8;
    case DType::kQ5_1: return 9;
    case DType::kQ4_K: return 15;
    case DType::kQ5_K: return 17;
    case DType::kQ6_K: return 18;
    case DType::kBF16: return 32;
    default: fail_invariant("a type that models are written as", __FILE__, __LINE__);
  }
}

}  // namespace auris::models
