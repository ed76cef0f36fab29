#pragma once
// The Whisper audio encoder: two convolutions, positions, pre-norm transformer blocks, a final norm. Rows in,
// rows out: the windows of several recordings go through one call as several spans.
//
//   WhisperEncoder encoder(weights, config);
//   EncodedAudio audio = encoder.forward(mel, RowLayout::single(3000));   // mel [3000, n_mels] -> [1500,
//   d_model]

#include <functional>
#include <vector>

#include "auris/models/encoders/whisper/whisper_weights.h"
#include "auris/tensor/ops/attention.h"

namespace auris::models {

struct EncodedAudio {
  Tensor hidden;     // [rows, d_model] f32
  RowLayout layout;  // a span per span of the input; with key biases if rows stand for several
};

struct WhisperEncodeOptions {
  // Rows to keep of each span behind the convolutions, at most (frames + 1) / 2; empty keeps all. Encoders of
  // audio language models mask what lies beyond the recording (Qwen2-Audio, Ultravox); not computing it gives
  // the same rows. The convolutions still see the padding frames, as in the reference.
  std::vector<int64_t> keep_rows = {};
  // How many of these, at the end of each span, are padding: they see the rows before them, no row sees them.
  // Empty: none.
  std::vector<int64_t> unseen_rows = {};
  // > 0: every span goes on to a full window with rows like its last one, of which only the middle one of
  // each `padding_step` is computed; attention counts it as that many. For recordings that end in padding:
  // their last frames must be padding. 1 computes every row. An approximation that is ours: Whisper was
  // trained with 30 s of context, so leaving the padding out changes its texts far more. Not with keep_rows
  // or pooling.
  int64_t padding_step = 0;
  // Sees the rows behind the stem (-1), each block (0 ...) and the final norm (encoder_layers). For parity
  // tests.
  std::function<void(int layer, const Tensor& rows)> tap = {};
};

class WhisperEncoder {
 public:
  WhisperEncoder(WhisperEncoderWeights weights, const WhisperConfig& config);

  const WhisperConfig& config() const { return config_; }

  // mel [frames, n_mels] f32, on the host or where the weights are, which is where the rows come back. A span
  // may be shorter than a full window (its positions start at 0) but not longer: throws kUsage. Blocks may be
  // computed again in a backward pass (tensor/ops/recompute.h): the encoder must then live until it is done.
  EncodedAudio forward(const Tensor& mel, const RowLayout& frames,
                       const WhisperEncodeOptions& options = {}) const;

 private:
  EncodedAudio stem(const Tensor& mel, const RowLayout& frames, const WhisperEncodeOptions& options) const;
  Tensor block(const WhisperEncoderLayer& layer, const Tensor& x, const RowLayout& rows) const;

  WhisperEncoderWeights weights_;
  WhisperConfig config_;
  AttentionSpec attention_;
};

}  // namespace auris::models
