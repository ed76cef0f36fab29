#include "auris/nn/layers.h"

#include <algorithm>
#include <string>

namespace auris::nn {
namespace {

std::string joined(std::string_view name, std::string_view part) {
  return std::string(name) + "." + std::string(part);
}

}  // namespace

Linear load_linear(const Parameters& parameters, std::string_view name, const LinearShape& shape) {
  Linear layer;
  layer.weights.weight = parameters.weight(joined(name, "weight"), {shape.out, shape.in});
  if (layer.weights.weight.dtype() == DType::kI8) {
    layer.weights.row_scale = ops::to_f32(parameters.plain(joined(name, "weight_scale"), {shape.out}));
  }
  std::string bias = joined(name, "bias");
  if (shape.bias == Bias::kNone && parameters.contains(bias)) {
    throw Error(ErrorCode::kModel, {.where = auris::quoted(parameters.file_name(bias)),
                                    .expected = "no bias in this layer",
                                    .got = "one",
                                    .hint = "the weights do not fit the model's configuration"});
  }
  if (shape.bias == Bias::kRequired || (shape.bias == Bias::kIfPresent && parameters.contains(bias))) {
    layer.weights.bias = parameters.plain(bias, {shape.out});
  }
  layer.weights.low_rank = parameters.low_rank(name, {.in = shape.in, .out = shape.out});
  return layer;
}

Tensor Embedding::forward(std::span<const int32_t> ids) const {
  auto bad = std::find_if(ids.begin(), ids.end(), [&](int32_t id) { return id < 0 || id >= vocab(); });
  if (bad != ids.end()) {
    throw Error(ErrorCode::kUsage, {.where = "embedding",
                                    .expected = "token ids below " + std::to_string(vocab()),
                                    .got = std::to_string(*bad),
                                    .hint = "the tokenizer does not belong to this model"});
  }
  return ops::embedding(table, ids);
}

Embedding load_embedding(const Parameters& parameters, std::string_view name, int64_t vocab, int64_t dim) {
  return {.table = parameters.weight(joined(name, "weight"), {vocab, dim})};
}

Tensor RmsNorm::forward_heads(const Tensor& x) const {
  int64_t heads = x.cols() / weight.cols();
  return forward(x.reshape({x.rows() * heads, weight.cols()})).reshape(x.shape());
}

RmsNorm load_rms_norm(const Parameters& parameters, std::string_view name, int64_t dim, float eps,
                      float weight_offset) {
  return {
      .weight = parameters.plain(joined(name, "weight"), {dim}), .eps = eps, .weight_offset = weight_offset};
}

LayerNorm load_layer_norm(const Parameters& parameters, std::string_view name, int64_t dim, float eps) {
  return {.weight = parameters.plain(joined(name, "weight"), {dim}),
          .bias = parameters.plain(joined(name, "bias"), {dim}),
          .eps = eps};
}

Conv1d load_conv1d(const Parameters& parameters, std::string_view name, const Shape& weight_shape,
                   const Conv1dOptions& options) {
  return {.weight = parameters.plain(joined(name, "weight"), weight_shape),
          .bias = parameters.plain(joined(name, "bias"), {weight_shape[0]}),
          .options = options};
}

}  // namespace auris::nn
