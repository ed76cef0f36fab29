#include "auris/models/speech/whisper/whisper_decoder.h"

#include <cmath>
#include <cstring>

#include "auris/tensor/ops/elementwise.h"
#include "auris/tensor/ops/norm.h"
#include "auris/tensor/ops/rows.h"
#include "auris/tensor/transfer.h"

namespace auris::models {
namespace {

// Rows `ids` of an int8 table with a scale per row.
Tensor embed_i8(const LinearWeights& table, std::span<const int32_t> ids) {
  const auto count = static_cast<int64_t>(ids.size());
  Tensor rows = Tensor::empty({count, table.weight.cols()}, DType::kI8);
  Tensor scales = Tensor::empty({count});
  for (int64_t i = 0; i < count; ++i) {
    int32_t id = ids[static_cast<size_t>(i)];
    AURIS_CHECK(id >= 0 && id < table.weight.rows());
    std::memcpy(rows.slice_rows(i, 1).data<std::byte>(), table.weight.slice_rows(id, 1).data<std::byte>(),
                rows.row_bytes());
    scales.data<float>()[i] = table.row_scale.data<float>()[id];
  }
  return ops::to_f32(rows, scales);
}

Tensor norm(const Tensor& x, const WhisperNorm& w, float eps) {
  return ops::layer_norm(x, w.weight, w.bias, eps);
}

void tap_layer(WhisperAttentionTap& tap, int layer, const Tensor& q, SequenceId window,
               const AttentionSpec& spec, const KvCache& audio) {
  std::vector<int> heads;
  std::vector<size_t> places;
  for (size_t i = 0; i < tap.heads.size(); ++i) {
    if (tap.heads[i].layer != layer) continue;
    heads.push_back(tap.heads[i].head);
    places.push_back(i);
  }
  if (heads.empty()) return;
  // [heads, rows, audio rows]
  Tensor weights = to_host(ops::attention_weights(q, window, spec, audio, layer, heads));
  for (size_t i = 0; i < places.size(); ++i) {
    tap.weights[places[i]] =
        weights.slice_rows(static_cast<int64_t>(i), 1).reshape({weights.shape()[1], weights.shape()[2]});
  }
}

}  // namespace

WhisperDecoder::WhisperDecoder(WhisperDecoderWeights weights, const WhisperConfig& config)
    : weights_(std::move(weights)), config_(config) {
  const int head_dim = config.d_model / config.decoder_heads;
  self_attention_ = {.heads = config.decoder_heads,
                     .kv_heads = config.decoder_heads,
                     .head_dim = head_dim,
                     .scale = 1.0f / std::sqrt(static_cast<float>(head_dim)),
                     .causal = true};
  cross_attention_ = self_attention_;
  cross_attention_.causal = false;
}

KvCacheOptions WhisperDecoder::past_options() const {
  return {.layers = config_.decoder_layers,
          .kv_heads = config_.decoder_heads,
          .head_dim = config_.d_model / config_.decoder_heads};
}

KvCacheOptions WhisperDecoder::audio_options() const { return past_options(); }

void WhisperDecoder::store_audio(const EncodedAudio& encoded, SequenceId window, KvCache& audio) const {
  AURIS_CHECK(encoded.layout.spans.size() == 1);
  RowLayout layout = encoded.layout;
  layout.spans[0].sequence = window;
  audio.extend(layout);
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const WhisperAttention& w = weights_.layers[i].cross_attention;
    ops::store_keys_values(ops::linear(encoded.hidden, w.k), ops::linear(encoded.hidden, w.v), layout, audio,
                           static_cast<int>(i));
  }
}

Tensor WhisperDecoder::embed(std::span<const int32_t> tokens) const {
  return weights_.tokens.weight.dtype() == DType::kI8 ? embed_i8(weights_.tokens, tokens)
                                                      : ops::embedding(weights_.tokens.weight, tokens);
}

Tensor WhisperDecoder::forward(std::span<const int32_t> tokens, const WhisperRows& rows, KvCache& past,
                               const KvCache& audio, WhisperAttentionTap* tap) const {
  AURIS_CHECK(static_cast<int64_t>(tokens.size()) == rows.text.rows() &&
              rows.text.rows() == rows.audio.rows());
  AURIS_CHECK(tap == nullptr || rows.audio.spans.size() == 1);
  if (tap != nullptr) tap->weights.assign(tap->heads.size(), Tensor());
  const float eps = config_.layer_norm_eps;
  past.extend(rows.text);
  std::vector<int32_t> positions = rows.text.positions();
  Tensor x = ops::add(embed(tokens), ops::embedding(weights_.positions, positions));
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const WhisperDecoderLayer& layer = weights_.layers[i];
    const int index = static_cast<int>(i);
    Tensor normed = norm(x, layer.self_norm, eps);
    const WhisperAttention& self = layer.self_attention;
    ops::Qkv qkv = ops::linear_qkv(normed, self.q, self.k, self.v);
    Tensor mixed = ops::attention_cached(qkv.q, qkv.k, qkv.v, rows.text, self_attention_, past, index);
    x = ops::linear(mixed, self.out, {.residual = x});
    normed = norm(x, layer.cross_norm, eps);
    Tensor q = ops::linear(normed, layer.cross_attention.q);
    if (tap != nullptr) tap_layer(*tap, index, q, rows.audio.spans[0].sequence, cross_attention_, audio);
    mixed = ops::attention_over(q, rows.audio, cross_attention_, audio, index);
    x = ops::linear(mixed, layer.cross_attention.out, {.residual = x});
    normed = norm(x, layer.mlp_norm, eps);
    Tensor up = ops::linear(normed, layer.mlp.up, {.activation = Activation::kGelu, .residual = {}});
    x = ops::linear(up, layer.mlp.down, {.residual = x});
  }
  return norm(x, weights_.norm, eps);
}

Tensor WhisperDecoder::logits(const Tensor& hidden) const { return ops::linear(hidden, weights_.tokens); }

}  // namespace auris::models
