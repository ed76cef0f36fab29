#pragma once
// The Whisper text decoder: token rows that attend to their own past (one KvCache) and to the encoded audio
// (a second KvCache that is filled once per window). Beams are rows: each has a sequence of its own in the
// first cache, and all name the same sequence of the second one, so the audio is stored and read once.
//
//   KvCache past(decoder.past_options()), audio(decoder.audio_options());
//   SequenceId window = audio.create(), beam = past.create();
//   decoder.store_audio(encoded, window, audio);
//   Tensor hidden = decoder.forward(tokens, {RowLayout::single(n, 0, beam), RowLayout::single(n, 0, window)},
//   past, audio); Tensor logits = decoder.logits(hidden);

#include <span>
#include <vector>

#include "auris/models/encoders/whisper/whisper_encoder.h"
#include "auris/models/speech/whisper/decoder_weights.h"
#include "auris/tensor/kv_cache.h"
#include "auris/tensor/ops/attention.h"

namespace auris::models {

struct WhisperRows {
  RowLayout text;   // positions and sequences in the cache of past tokens
  RowLayout audio;  // the same rows, grouped by the window they hear: sequences in the audio cache
};

// A cross-attention head; Whisper's alignment heads are these.
struct WhisperHead {
  int layer = 0;
  int head = 0;
  bool operator==(const WhisperHead&) const = default;
};

// Asks forward() for the attention of chosen heads over the audio. All rows must hear one window.
struct WhisperAttentionTap {
  std::vector<WhisperHead> heads = {};  // in any order
  std::vector<Tensor> weights =
      {};  // filled in, on the host: per head, [rows, audio rows], softmax over all audio rows
};

class WhisperDecoder {
 public:
  WhisperDecoder(WhisperDecoderWeights weights, const WhisperConfig& config);

  const WhisperConfig& config() const { return config_; }
  KvCacheOptions past_options() const;
  KvCacheOptions audio_options() const;

  // Computes the keys and values of encoded audio (one span) for every layer and stores them, with its key
  // biases, as `window`, which must be an empty sequence of `audio`.
  void store_audio(const EncodedAudio& encoded, SequenceId window, KvCache& audio) const;

  // Hidden rows behind the final norm [tokens, d_model]. Extends `past` by the rows. Positions beyond
  // max_target_positions or ids outside the vocabulary throw kInternal: callers bound them.
  Tensor forward(std::span<const int32_t> tokens, const WhisperRows& rows, KvCache& past,
                 const KvCache& audio, WhisperAttentionTap* tap = nullptr) const;

  // Scores of the next token for hidden rows [n, d_model] -> [n, vocab]. Ask only for rows that are needed.
  Tensor logits(const Tensor& hidden) const;

 private:
  Tensor embed(std::span<const int32_t> tokens) const;

  WhisperDecoderWeights weights_;
  WhisperConfig config_;
  AttentionSpec self_attention_;
  AttentionSpec cross_attention_;
};

}  // namespace auris::models
