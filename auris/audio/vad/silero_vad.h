#pragma once
// Silero VAD for 16 kHz (github.com/snakers4/silero-vad 6.2.3, MIT): STFT as a convolution, four
// convolutions, an LSTM and a linear output. silero_vad_16k.safetensors of that package holds other weights
// than its ONNX and TorchScript files, so probabilities differ from theirs; both fit this network. It hears
// hops of 512 samples (32 ms) with 64 samples before each. This class takes plain floats; the file reader is
// models/vad/silero.

#include <memory>
#include <span>

#include "auris/audio/vad.h"

namespace auris::audio {

// Row-major, as in silero_vad_16k.safetensors; read only during construction.
struct SileroWeights {
  std::span<const float> stft;                            // [258, 1, 256]: 129 cosines, then 129 sines
  std::span<const float> conv1_weight, conv1_bias;        // [128, 129, 3], [128]
  std::span<const float> conv2_weight, conv2_bias;        // [64, 128, 3], [64]; stride 2
  std::span<const float> conv3_weight, conv3_bias;        // [64, 64, 3], [64]; stride 2
  std::span<const float> conv4_weight, conv4_bias;        // [128, 64, 3], [128]
  std::span<const float> lstm_weight_ih, lstm_weight_hh;  // [512, 128] each
  std::span<const float> lstm_bias_ih, lstm_bias_hh;      // [512] each
  std::span<const float> final_weight, final_bias;        // [1, 128, 1], [1]
};

// Throws kModel if a span has the wrong length. Long pushes use parallel_for.
std::unique_ptr<VoiceDetector> make_silero_detector(const SileroWeights& weights);

}  // namespace auris::audio
