#pragma once
// Matrix products with weights. Activations are f32 [rows, in]; a weight is [out, in] in any DType, so that
// each output is the dot product of an input row with a weight row.

#include <cstdint>
#include <memory>
#include <vector>

#include "auris/tensor/tensor.h"

namespace auris {

enum class Activation {
  kNone,
  kGelu,      // exact, by erf (Whisper, mlp2x_gelu)
  kGeluTanh,  // tanh approximation (Gemma)
  kSilu,      // x * sigmoid(x) (the llama family)
  kRelu,
};

// A correction of low rank beside a weight (LoRA; Hu et al., 2021): W + scale B A, never multiplied out, so
// that W may stay quantized and untouched while A and B are trained.
struct LowRank {
  Tensor a = {};       // [rank, in] f32
  Tensor b = {};       // [out, rank] f32
  float scale = 1.0f;  // alpha / rank
  // Output i takes row b_rows[i] of b: for weights whose rows are permuted (GGUF files of arch llama). [out],
  // or null: as they are.
  std::shared_ptr<const std::vector<int32_t>> b_rows = nullptr;

  bool defined() const { return a.defined(); }
};

struct LinearWeights {
  Tensor weight;     // [out, in], any DType
  Tensor bias;       // [out] f32, f16 or bf16, or undefined
  Tensor row_scale;  // [out] f32, aligned, with a kI8 weight: value = i8 / row_scale; undefined otherwise
  LowRank low_rank = {};

  int64_t in() const { return weight.cols(); }
  int64_t out() const { return weight.rows(); }
  // The layer of outputs [begin, begin + count) alone, sharing the data.
  LinearWeights slice(int64_t begin, int64_t count) const;
};

struct LinearOptions {
  Activation activation = Activation::kNone;
  Tensor residual;  // [rows, out] f32, added after the activation, or undefined
};

namespace ops {

// activation(x W^T + bias + scale (x A^T) B^T) + residual -> [rows, out]; the third term with a low rank
// only.
//
// On the cpu backend a row's bits depend neither on the other rows nor on the number of threads, as long as x
// has 1 to 12 rows (decoding, beams); and again, with other bits, as long as it has more. The same holds for
// the two below, and for all three with low ranks: these are products of as many rows, each with its own
// weights, and sums element by element. Bits with and without a low rank may differ even where B is zero.
Tensor linear(const Tensor& x, const LinearWeights& w, const LinearOptions& options = {});

struct Qkv {
  Tensor q, k, v;  // [rows, heads * head_dim], [rows, kv_heads * head_dim] twice
};
// Three products of the same input; a backend may share its preparation.
Qkv linear_qkv(const Tensor& x, const LinearWeights& q, const LinearWeights& k, const LinearWeights& v);

// activation(x gate^T) * (x up^T) -> [rows, out]: the first half of a gated MLP (SwiGLU, GeGLU).
Tensor gated_linear(const Tensor& x, const LinearWeights& gate, const LinearWeights& up,
                    Activation activation);

}  // namespace ops
}  // namespace auris
