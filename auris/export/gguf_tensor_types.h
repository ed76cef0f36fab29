#pragma once
// Which tensors of a GGUF file keep more precision than the rest, as llama.cpp's quantizer chooses
// (llama-quant.cpp; its mixes "medium" for q4_k and q5_k).

#include <cstdint>
#include <string_view>

#include "auris/base/name_table.h"
#include "auris/tensor/dtype.h"
#include "auris/tensor/shape.h"

namespace auris::models {

// What a language model can be written as.
inline constexpr NameTable<DType, 11> kGgufTypes{{{DType::kF32, "f32"},
                                                  {DType::kF16, "f16"},
                                                  {DType::kBF16, "bf16"},
                                                  {DType::kQ8_0, "q8_0"},
                                                  {DType::kQ6_K, "q6_k"},
                                                  {DType::kQ5_K, "q5_k"},
                                                  {DType::kQ5_1, "q5_1"},
                                                  {DType::kQ5_0, "q5_0"},
                                                  {DType::kQ4_K, "q4_k"},
                                                  {DType::kQ4_1, "q4_1"},
                                                  {DType::kQ4_0, "q4_0"}}};

struct GgufTensorPlace {
  std::string_view name;  // in the file: "blk.3.attn_v.weight"
  Shape shape = {};
  int layers = 0;           // of the model
  bool has_output = false;  // the output matrix is not the embedding table
};

// f32 for vectors; of matrices `wanted`, or more for the output matrix, and with q4_k and q5_k for values and
// the MLP's last matrices in half of the layers. Rows that do not divide into blocks of 256 take a type with
// blocks of 32, or halves.
DType gguf_tensor_type(DType wanted, const GgufTensorPlace& place);

// The number of general.file_type (llama.h, enum llama_ftype).
uint32_t gguf_file_type(DType wanted);

}  // namespace auris::models
