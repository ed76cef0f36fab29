#include "auris/models/encoders/whisper/whisper_encoder.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "auris/tensor/ops/conv1d.h"
#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/recompute.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

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
    std::iota(indices.begin() + static_cast<std::ptrdiff_t>(old), indices.end(),
              static_cast<int32_t>(span.row_begin));
    layout.add(keep[i]);
  }
  return {ops::gather_rows(x.hidden, indices), layout};
}

// Where the rows of the stem come from and where they stand when spans are padded to `window` rows.
struct PaddedRows {
  std::vector<int32_t> sources;
  std::vector<int32_t> positions;
  RowLayout layout;
};

PaddedRows padded_rows(const RowLayout& rows, int64_t window, int64_t step) {
  PaddedRows padded;
  for (const RowSpan& span : rows.spans) {
    AURIS_CHECK(span.row_count > 0);
    auto begin = static_cast<int64_t>(padded.sources.size());
    for (int64_t row = 0; row < span.row_count; ++row) {
      padded.sources.push_back(static_cast<int32_t>(span.row_begin + row));
      padded.positions.push_back(static_cast<int32_t>(row));
      padded.layout.key_bias.push_back(0.0f);
    }
    for (int64_t row = span.row_count; row < window; row += step) {
      int64_t count = std::min(step, window - row);
      padded.sources.push_back(static_cast<int32_t>(span.row_begin + span.row_count - 1));
      padded.positions.push_back(static_cast<int32_t>(row + count / 2));
      padded.layout.key_bias.push_back(std::log(static_cast<float>(count)));
    }
    padded.layout.add(static_cast<int64_t>(padded.sources.size()) - begin);
  }
  return padded;
}

RowLayout averaged_layout(const RowLayout& layout, int factor) {
  RowLayout pooled;
  for (const RowSpan& span : layout.spans) pooled.add(span.row_count / factor);
  return pooled;
}

// Hides the last `unseen` rows of every span from all rows.
void hide_rows(RowLayout& layout, const std::vector<int64_t>& unseen) {
  AURIS_CHECK(unseen.size() == layout.spans.size());
  layout.key_bias.resize(static_cast<size_t>(layout.rows()));
  for (size_t i = 0; i < unseen.size(); ++i) {
    const RowSpan& span = layout.spans[i];
    AURIS_CHECK(unseen[i] >= 0 && unseen[i] <= span.row_count);
    auto end = layout.key_bias.begin() + span.row_begin + span.row_count;
    std::fill(end - unseen[i], end, kUnseenKey);
  }
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
                                  const WhisperEncodeOptions& options) const {
  Conv1dOptions first = {.stride = 1, .padding = 1, .activation = Activation::kGelu};
  Conv1dOptions second = {.stride = 2, .padding = 1, .activation = Activation::kGelu};
  RowLayout between = conv1d_layout(frames, 3, first);
  Tensor x = ops::conv1d(mel, weights_.conv1.weight, weights_.conv1.bias, frames, first);
  EncodedAudio out;
  out.hidden = ops::conv1d(x, weights_.conv2.weight, weights_.conv2.bias, between, second);
  out.layout = conv1d_layout(between, 3, second);
  std::vector<int32_t> positions;
  if (options.padding_step > 0) {
    PaddedRows padded = padded_rows(out.layout, config_.max_source_positions, options.padding_step);
    out.hidden = ops::gather_rows(out.hidden, padded.sources);
    out.layout = std::move(padded.layout);
    positions = std::move(padded.positions);
  } else {
    if (!options.keep_rows.empty()) out = cut(out, options.keep_rows);
    for (RowSpan& span : out.layout.spans) span.position_begin = 0;
    positions = out.layout.positions();
    const bool hides = std::any_of(options.unseen_rows.begin(), options.unseen_rows.end(),
                                   [](int64_t count) { return count > 0; });
    if (hides) hide_rows(out.layout, options.unseen_rows);
  }
  out.hidden = ops::add(out.hidden, ops::embedding(weights_.positions, positions));
  return out;
}

Tensor WhisperEncoder::block(const WhisperEncoderLayer& layer, const Tensor& x, const RowLayout& rows) const {
  const float eps = config_.layer_norm_eps;
  const WhisperAttention& w = layer.attention;
  Tensor normed = ops::layer_norm(x, layer.attention_norm.weight, layer.attention_norm.bias, eps);
  ops::Qkv qkv = ops::linear_qkv(normed, w.q, w.k, w.v);
  Tensor mixed = ops::attention(qkv.q, qkv.k, qkv.v, rows, attention_);
  Tensor y = ops::linear(mixed, w.out, {.residual = x});
  normed = ops::layer_norm(y, layer.mlp_norm.weight, layer.mlp_norm.bias, eps);
  Tensor up = ops::linear(normed, layer.mlp.up, {.activation = Activation::kGelu, .residual = {}});
  return ops::linear(up, layer.mlp.down, {.residual = y});
}

EncodedAudio WhisperEncoder::forward(const Tensor& mel, const RowLayout& frames,
                                     const WhisperEncodeOptions& options) const {
  AURIS_CHECK(mel.shape().rank() == 2 && mel.cols() == config_.n_mels && mel.rows() == frames.rows());
  AURIS_CHECK(options.padding_step == 0 || (options.keep_rows.empty() && config_.pooling == 1));
  for (const RowSpan& span : frames.spans) {
    if (span.row_count > config_.max_frames()) {
      throw Error(ErrorCode::kUsage, {.where = "whisper encoder",
                                      .expected = fmt::format("at most {} mel frames", config_.max_frames()),
                                      .got = fmt::format("{}", span.row_count),
                                      .hint = "cut the recording into windows"});
    }
  }
  EncodedAudio x = stem(to_device(mel, weights_.conv1.weight.device()), frames, options);
  if (options.tap) options.tap(-1, x.hidden);
  const auto layout = std::make_shared<const RowLayout>(x.layout);  // lives as long as a backward pass
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    x.hidden = ops::recomputed(
        x.hidden, [this, i, layout](const Tensor& rows) { return block(weights_.layers[i], rows, *layout); });
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
