#include "auris/models/encoders/whisper/whisper_encoder.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/rows.h"

namespace auris::models {
namespace {

// The first `keep` rows of every span.
EncodedAudio cut(const EncodedAudio& x, const std::vector<int64_t>& keep) {
  AURIS_CHECK(keep.size() == x.layout.spans.size());
  std::vector<int32_t> indices;
  RowLayout layout;
  for (size_t i = 0; i < keep.size(); ++i) {
    const RowSpan& span = x.layout.spans[i];
    AURIS_CHECK(keep[i] >= 0 && keep[i] <= span.row_count);
    size_t old = indices.size();
    indices.resize(old + static_cast<size_t>(keep[i]));
    std::iota(indices.begin() + static_cast<std::ptrdiff_t>(old), indices.end(), static_cast<int32_t>(span.row_begin));
    layout.add(keep[i]);
  }
  return {ops::gather_rows(x.hidden, indices), layout};
}

RowLayout averaged_layout(const RowLayout& layout, int factor) {
  RowLayout pooled;
  for (const RowSpan& span : layout.spans) pooled.add(span.row_count / factor);
  return pooled;
}

// Every row attends over the rows of its span that are not padding.
Tensor attend_over_seen(const ops::Qkv& qkv, const RowLayout& rows, const std::vector<int64_t>& unseen,
                        const AttentionSpec& spec) {
  AURIS_CHECK(unseen.size() == rows.spans.size());
  KvCache cache({.layers = 1, .kv_heads = spec.kv_heads, .head_dim = spec.head_dim});
  RowLayout readers = rows;
  std::vector<int64_t> seen;
  for (size_t i = 0; i < unseen.size(); ++i) {
    readers.spans[i].sequence = cache.create();
    seen.push_back(rows.spans[i].row_count - unseen[i]);
  }
  EncodedAudio k = cut({qkv.k, readers}, seen), v = cut({qkv.v, readers}, seen);
  for (size_t i = 0; i < unseen.size(); ++i) k.layout.spans[i].sequence = readers.spans[i].sequence;
  cache.extend(k.layout);
  ops::store_keys_values(k.hidden, v.hidden, k.layout, cache, 0);
  return ops::attention_over(qkv.q, readers, spec, cache, 0);
}

}  // namespace

WhisperEncoder::WhisperEncoder(WhisperEncoderWeights weights, const WhisperConfig& config)
    : weights_(std::move(weights)), config_(config) {
  attention_ = {.heads = config.encoder_heads,
                .kv_heads = config.encoder_heads,
                .head_dim = config.head_dim(),
                .scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim())),
                .causal = false};
}

EncodedAudio WhisperEncoder::stem(const Tensor& mel, const RowLayout& frames,
                                  const std::vector<int64_t>& keep_rows) const {
  Conv1dOptions first = {.stride = 1, .padding = 1, .activation = Activation::kGelu};
  Conv1dOptions second = {.stride = 2, .padding = 1, .activation = Activation::kGelu};
  RowLayout between = conv1d_layout(frames, 3, first);
  Tensor x = ops::conv1d(mel, weights_.conv1.weight, weights_.conv1.bias, frames, first);
  EncodedAudio out;
  out.hidden = ops::conv1d(x, weights_.conv2.weight, weights_.conv2.bias, between, second);
  out.layout = conv1d_layout(between, 3, second);
  if (!keep_rows.empty()) out = cut(out, keep_rows);
  for (RowSpan& span : out.layout.spans) span.position_begin = 0;
  std::vector<int32_t> positions = out.layout.positions();
  out.hidden = ops::add(out.hidden, ops::embedding(weights_.positions, positions));
  return out;
}

Tensor WhisperEncoder::block(const WhisperEncoderLayer& layer, const Tensor& x, const RowLayout& rows,
                             const std::vector<int64_t>& unseen) const {
  const float eps = config_.layer_norm_eps;
  const WhisperAttention& w = layer.attention;
  Tensor normed = ops::layer_norm(x, layer.attention_norm.weight, layer.attention_norm.bias, eps);
  ops::Qkv qkv = ops::linear_qkv(normed, w.q, w.k, w.v);
  bool padded = std::any_of(unseen.begin(), unseen.end(), [](int64_t count) { return count > 0; });
  Tensor mixed = padded ? attend_over_seen(qkv, rows, unseen, attention_)
                        : ops::attention(qkv.q, qkv.k, qkv.v, rows, attention_);
  Tensor y = ops::linear(mixed, w.out, {.residual = x});
  normed = ops::layer_norm(y, layer.mlp_norm.weight, layer.mlp_norm.bias, eps);
  Tensor up = ops::linear(normed, layer.mlp.up, {.activation = Activation::kGelu, .residual = {}});
  return ops::linear(up, layer.mlp.down, {.residual = y});
}

EncodedAudio WhisperEncoder::forward(const Tensor& mel, const RowLayout& frames,
                                     const WhisperEncodeOptions& options) const {
  AURIS_CHECK(mel.shape().rank() == 2 && mel.cols() == config_.n_mels && mel.rows() == frames.rows());
  for (const RowSpan& span : frames.spans) {
    if (span.row_count > config_.max_frames()) {
      throw Error(ErrorCode::kUsage, {.where = "whisper encoder",
                                      .expected = fmt::format("at most {} mel frames", config_.max_frames()),
                                      .got = fmt::format("{}", span.row_count),
                                      .hint = "cut the recording into windows"});
    }
  }
  EncodedAudio x = stem(mel, frames, options.keep_rows);
  if (options.tap) options.tap(-1, x.hidden);
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    x.hidden = block(weights_.layers[i], x.hidden, x.layout, options.unseen_rows);
    if (options.tap) options.tap(static_cast<int>(i), x.hidden);
  }
  if (config_.pooling > 1) {
    x.hidden = ops::average_rows(x.hidden, x.layout, config_.pooling);
    x.layout = averaged_layout(x.layout, config_.pooling);
  }
  x.hidden = ops::layer_norm(x.hidden, weights_.norm.weight, weights_.norm.bias, config_.layer_norm_eps);
  if (options.tap) options.tap(config_.encoder_layers, x.hidden);
  return x;
}

}  // namespace auris::models
