#pragma once
// The layers models are made of: small structs that hold parameters and call tensor/ops. Each has a load
// function that names the parameters it wants, as Hugging Face's modules do (`NAME.weight`, `NAME.bias`), and
// checks their shapes.

#include <string_view>

#include "auris/nn/parameters.h"
#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/linear.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/rows.h"

namespace auris::nn {

enum class Bias {
  kNone,       // the layer has none; one in the file is an error, since ignoring it would change the result
  kRequired,   // the layer has one
  kIfPresent,  // the checkpoint decides
};

// y = x W^T + b, with a low rank beside W if the parameters' adapter has one for NAME. Weights [out, in] in
// any type; a kI8 weight has its scales in `NAME.weight_scale` [out].
struct Linear {
  LinearWeights weights;

  int64_t in() const { return weights.in(); }
  int64_t out() const { return weights.out(); }
  // x [rows, in] -> [rows, out]
  Tensor forward(const Tensor& x, const LinearOptions& options = {}) const {
    return ops::linear(x, weights, options);
  }
};
struct LinearShape {
  int64_t in = 0;
  int64_t out = 0;
  Bias bias = Bias::kNone;
};
Linear load_linear(const Parameters& parameters, std::string_view name, const LinearShape& shape);

// Rows of a table [vocab, dim].
struct Embedding {
  Tensor table;

  int64_t vocab() const { return table.rows(); }
  // Throws kUsage for an id outside the table: ids may come from users.
  Tensor forward(std::span<const int32_t> ids) const;
};
Embedding load_embedding(const Parameters& parameters, std::string_view name, int64_t vocab, int64_t dim);

struct RmsNorm {
  Tensor weight;  // [dim]
  float eps = 1e-6f;
  float weight_offset = 0.0f;  // 1 where the file stores weight - 1 (Gemma)

  Tensor forward(const Tensor& x) const { return ops::rms_norm(x, weight, eps, weight_offset); }
  // Normalises each run of weight.cols() columns on its own: x [rows, heads * head_dim] with weight
  // [head_dim].
  Tensor forward_heads(const Tensor& x) const;
};
RmsNorm load_rms_norm(const Parameters& parameters, std::string_view name, int64_t dim, float eps,
                      float weight_offset = 0.0f);

struct LayerNorm {
  Tensor weight, bias;  // [dim]
  float eps = 1e-5f;

  Tensor forward(const Tensor& x) const { return ops::layer_norm(x, weight, bias, eps); }
};
LayerNorm load_layer_norm(const Parameters& parameters, std::string_view name, int64_t dim,
                          float eps = 1e-5f);

// Convolution along the rows of each span; weight [out, in, kernel].
struct Conv1d {
  Tensor weight, bias;
  Conv1dOptions options;

  int kernel() const { return static_cast<int>(weight.shape()[2]); }
  RowLayout layout_after(const RowLayout& layout) const { return conv1d_layout(layout, kernel(), options); }
  Tensor forward(const Tensor& x, const RowLayout& layout) const {
    return ops::conv1d(x, weight, bias, layout, options);
  }
};
Conv1d load_conv1d(const Parameters& parameters, std::string_view name, const Shape& weight_shape,
                   const Conv1dOptions& options);

// down(activation(gate(x)) * up(x)): the gated MLP of the llama family.
struct GatedMlp {
  Linear gate, up, down;
  Activation activation = Activation::kSilu;

  // `residual` is added to the result; undefined for none.
  Tensor forward(const Tensor& x, const Tensor& residual = {}) const {
    Tensor inner = ops::gated_linear(x, gate.weights, up.weights, activation);
    return down.forward(inner, {.activation = Activation::kNone, .residual = residual});
  }
};

// second(activation(first(x))).
struct Mlp {
  Linear first, second;
  Activation activation = Activation::kGelu;

  Tensor forward(const Tensor& x, const Tensor& residual = {}) const {
    Tensor inner = first.forward(x, {.activation = activation, .residual = {}});
    return second.forward(inner, {.activation = Activation::kNone, .residual = residual});
  }
};

}  // namespace auris::nn
