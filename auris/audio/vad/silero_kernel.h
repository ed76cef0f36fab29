#pragma once
// The arithmetic of the Silero network. SIMD with run-time dispatch.

#include <cstdint>
#include <span>
#include <vector>

namespace auris::audio {

constexpr int kDensePanel = 16;  // outputs computed together

// A dense layer over rows: out = relu?(in * weights + bias). A convolution is one too, with overlapping rows.
struct DenseLayer {
  int inputs = 0;
  int outputs = 0;             // rounded up to kDensePanel in memory: rows of the output need that room
  std::vector<float> weights;  // [panel][input][kDensePanel], zeros behind the last output
  std::vector<float> bias;
  bool relu = false;

  int room() const { return (outputs + kDensePanel - 1) / kDensePanel * kDensePanel; }
};

// Packs weight(output, input), read through weights[output * output_stride + input * input_stride].
struct DenseSource {
  const float* weights;
  const float* bias;  // may be null
  int inputs;
  int outputs;
  int output_stride;
  int input_stride;
  int taps = 1;  // of a convolution: input index = tap * channels + channel, with `inputs` channels
  int tap_stride = 0;
};
DenseLayer pack_dense(const DenseSource& source, bool relu);

// out[r] = layer(in[r]) for each row r; in and out are given by their addresses.
void run_dense(const DenseLayer& layer, std::span<const float* const> in, std::span<float* const> out);

// One step of an LSTM with 128 units. gates[512] holds W_ih x + b_ih + b_hh in PyTorch's order i, f, g, o;
// recurrent is W_hh transposed, [128][512]. hidden and cell are replaced.
constexpr int kLstmUnits = 128;
void lstm_step(const float* recurrent, const float* gates, float* hidden, float* cell);

}  // namespace auris::audio
