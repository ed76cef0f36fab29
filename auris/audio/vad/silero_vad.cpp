#include "auris/audio/vad/silero_vad.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "auris/audio/require_finite.h"
#include "auris/audio/vad/silero_kernel.h"
#include "auris/base/error.h"
#include "auris/base/thread_pool.h"

namespace auris::audio {
namespace {

constexpr int kHop = 512;
constexpr int kContext = 64;                     // samples of the previous hop
constexpr int kTail = 64;                        // reflected behind the hop
constexpr int kInput = kContext + kHop + kTail;  // 640 samples, 4 STFT frames
constexpr int kFft = 256;
constexpr int kStride = 128;
constexpr int kFrames = 4;
constexpr int kBins = kFft / 2 + 1;
constexpr int kGates = 4 * kLstmUnits;
constexpr int64_t kTaskHops = 12;   // hops of one task: their rows share the weights in the cache
constexpr int64_t kSlabHops = 480;  // hops between two runs of the LSTM: bounds the memory

void require_size(std::span<const float> values, size_t wanted, const char* name) {
  if (values.size() == wanted) return;
  throw Error(ErrorCode::kModel, {.where = "silero vad",
                                  .expected = fmt::format("{} values of {}", wanted, name),
                                  .got = fmt::format("{}", values.size()),
                                  .hint = "take silero_vad_16k.safetensors of silero-vad 6"});
}

// A convolution over time with three taps, as a dense layer over three neighbouring frames.
DenseLayer pack_conv(std::span<const float> weight, std::span<const float> bias, int channels, int outputs,
                     const char* name) {
  require_size(weight, static_cast<size_t>(outputs) * static_cast<size_t>(channels) * 3, name);
  require_size(bias, static_cast<size_t>(outputs), name);
  return pack_dense({.weights = weight.data(),
                     .bias = bias.data(),
                     .inputs = channels,
                     .outputs = outputs,
                     .output_stride = 3 * channels,
                     .input_stride = 3,
                     .taps = 3,
                     .tap_stride = 1},
                    /*relu=*/true);
}

// Memory for the layers of one task. Frames that stand for the zero padding of a convolution are never
// written.
struct Scratch {
  std::vector<float> input = std::vector<float>(kTaskHops * kInput);
  std::vector<float> spectrum = std::vector<float>(kTaskHops * kFrames * 272);  // 258 rounded up
  std::vector<float> magnitude =
      std::vector<float>(kTaskHops * (kFrames + 2) * kBins);  // [hop][pad, 4, pad][129]
  std::vector<float> conv1 = std::vector<float>(kTaskHops * (kFrames + 2) * 128);
  std::vector<float> conv2 = std::vector<float>(kTaskHops * 4 * 64);  // [hop][pad, 2, pad][64]
  std::vector<float> conv3 = std::vector<float>(kTaskHops * 3 * 64);  // [hop][pad, 1, pad][64]
  std::vector<float> conv4 = std::vector<float>(kTaskHops * 128);
  std::vector<const float*> in;
  std::vector<float*> out;
};

// Where the rows of a layer lie: `rows` for each hop.
struct Rows {
  int64_t hops;
  int rows;
  const float* in;
  int64_t in_hop, in_row;  // distances in floats
  float* out;
  int64_t out_hop, out_row;
};

void run_rows(const DenseLayer& layer, const Rows& where, Scratch& scratch) {
  scratch.in.clear();
  scratch.out.clear();
  for (int64_t hop = 0; hop < where.hops; ++hop) {
    for (int row = 0; row < where.rows; ++row) {
      scratch.in.push_back(where.in + hop * where.in_hop + row * where.in_row);
      scratch.out.push_back(where.out + hop * where.out_hop + row * where.out_row);
    }
  }
  run_dense(layer, scratch.in, scratch.out);
}

class SileroDetector final : public VoiceDetector {
 public:
  explicit SileroDetector(const SileroWeights& w);

  int hop_samples() const override { return kHop; }
  void reset() override;
  void push(std::span<const float> samples, std::vector<float>& probabilities) override;
  void finish(std::vector<float>& probabilities) override;

 private:
  void run_slab(const float* samples, int64_t hops, std::vector<float>& probabilities);
  void run_task(const float* samples, int64_t hops, float* gates) const;

  DenseLayer stft_, conv1_, conv2_, conv3_, conv4_, input_gates_;
  std::vector<float> recurrent_;  // [128][512]
  std::vector<float> final_weight_;
  float final_bias_;
  std::array<float, kLstmUnits> hidden_{};
  std::array<float, kLstmUnits> cell_{};
  std::vector<float> held_;  // kContext samples already heard, then those of an incomplete hop
};

SileroDetector::SileroDetector(const SileroWeights& w)
    : conv1_(pack_conv(w.conv1_weight, w.conv1_bias, kBins, 128, "conv1")),
      conv2_(pack_conv(w.conv2_weight, w.conv2_bias, 128, 64, "conv2")),
      conv3_(pack_conv(w.conv3_weight, w.conv3_bias, 64, 64, "conv3")),
      conv4_(pack_conv(w.conv4_weight, w.conv4_bias, 64, 128, "conv4")) {
  require_size(w.stft, 2 * kBins * kFft, "stft_conv");
  require_size(w.lstm_weight_ih, kGates * kLstmUnits, "lstm_cell.weight_ih");
  require_size(w.lstm_weight_hh, kGates * kLstmUnits, "lstm_cell.weight_hh");
  require_size(w.lstm_bias_ih, kGates, "lstm_cell.bias_ih");
  require_size(w.lstm_bias_hh, kGates, "lstm_cell.bias_hh");
  require_size(w.final_weight, kLstmUnits, "final_conv.weight");
  require_size(w.final_bias, 1, "final_conv.bias");
  stft_ = pack_dense({.weights = w.stft.data(),
                      .bias = nullptr,
                      .inputs = kFft,
                      .outputs = 2 * kBins,
                      .output_stride = kFft,
                      .input_stride = 1},
                     /*relu=*/false);
  std::vector<float> bias(kGates);
  for (size_t i = 0; i < bias.size(); ++i) bias[i] = w.lstm_bias_ih[i] + w.lstm_bias_hh[i];
  input_gates_ = pack_dense({.weights = w.lstm_weight_ih.data(),
                             .bias = bias.data(),
                             .inputs = kLstmUnits,
                             .outputs = kGates,
                             .output_stride = kLstmUnits,
                             .input_stride = 1},
                            /*relu=*/false);
  recurrent_.resize(kGates * kLstmUnits);
  for (size_t gate = 0; gate < kGates; ++gate) {
    for (size_t unit = 0; unit < kLstmUnits; ++unit) {
      recurrent_[unit * kGates + gate] = w.lstm_weight_hh[gate * kLstmUnits + unit];
    }
  }
  final_weight_.assign(w.final_weight.begin(), w.final_weight.end());
  final_bias_ = w.final_bias[0];
  reset();
}

void SileroDetector::reset() {
  hidden_.fill(0);
  cell_.fill(0);
  held_.assign(kContext, 0.0f);
}

void SileroDetector::push(std::span<const float> samples, std::vector<float>& probabilities) {
  require_finite(samples, "silero vad");
  while (!samples.empty()) {
    size_t take = std::min<size_t>(samples.size(), kSlabHops * kHop);
    held_.insert(held_.end(), samples.begin(), samples.begin() + static_cast<ptrdiff_t>(take));
    samples = samples.subspan(take);
    auto hops = static_cast<int64_t>(held_.size() - kContext) / kHop;
    if (hops == 0) continue;
    run_slab(held_.data(), hops, probabilities);
    held_.erase(held_.begin(), held_.begin() + hops * kHop);
  }
}

void SileroDetector::finish(std::vector<float>& probabilities) {
  if (held_.size() > kContext) {
    held_.resize(kContext + kHop, 0.0f);
    run_slab(held_.data(), 1, probabilities);
  }
  reset();
}

// `samples` points kContext samples before the first hop.
void SileroDetector::run_slab(const float* samples, int64_t hops, std::vector<float>& probabilities) {
  std::vector<float> gates(static_cast<size_t>(hops) * kGates);
  parallel_for((hops + kTaskHops - 1) / kTaskHops, [&](int64_t task) {
    int64_t first = task * kTaskHops;
    run_task(samples + first * kHop, std::min(kTaskHops, hops - first), gates.data() + first * kGates);
  });
  for (int64_t hop = 0; hop < hops; ++hop) {
    lstm_step(recurrent_.data(), gates.data() + hop * kGates, hidden_.data(), cell_.data());
    float sum = final_bias_;
    for (size_t i = 0; i < kLstmUnits; ++i) sum += final_weight_[i] * std::max(hidden_[i], 0.0f);
    probabilities.push_back(1.0f / (1.0f + std::exp(-sum)));
  }
}

// Everything before the recurrence: gates[hop][512].
void SileroDetector::run_task(const float* samples, int64_t hops, float* gates) const {
  thread_local Scratch s;
  for (int64_t hop = 0; hop < hops; ++hop) {
    float* input = s.input.data() + hop * kInput;
    std::memcpy(input, samples + hop * kHop, (kContext + kHop) * sizeof(float));
    constexpr int kEnd = kContext + kHop;
    for (int i = 0; i < kTail; ++i) input[kEnd + i] = input[kEnd - 2 - i];
  }
  const int64_t room = stft_.room();
  run_rows(stft_,
           {.hops = hops,
            .rows = kFrames,
            .in = s.input.data(),
            .in_hop = kInput,
            .in_row = kStride,
            .out = s.spectrum.data(),
            .out_hop = kFrames * room,
            .out_row = room},
           s);
  for (int64_t row = 0; row < hops * kFrames; ++row) {
    const float* re = s.spectrum.data() + row * room;
    const float* im = re + kBins;
    float* magnitude = s.magnitude.data() + (row / kFrames * (kFrames + 2) + 1 + row % kFrames) * kBins;
    for (int i = 0; i < kBins; ++i) magnitude[i] = std::sqrt(re[i] * re[i] + im[i] * im[i]);
  }
  run_rows(conv1_,
           {.hops = hops,
            .rows = 4,
            .in = s.magnitude.data(),
            .in_hop = 6 * kBins,
            .in_row = kBins,
            .out = s.conv1.data() + 128,
            .out_hop = 6 * 128,
            .out_row = 128},
           s);
  run_rows(conv2_,
           {.hops = hops,
            .rows = 2,
            .in = s.conv1.data(),
            .in_hop = 6 * 128,
            .in_row = 2 * 128,
            .out = s.conv2.data() + 64,
            .out_hop = 4 * 64,
            .out_row = 64},
           s);
  run_rows(conv3_,
           {.hops = hops,
            .rows = 1,
            .in = s.conv2.data(),
            .in_hop = 4 * 64,
            .in_row = 0,
            .out = s.conv3.data() + 64,
            .out_hop = 3 * 64,
            .out_row = 0},
           s);
  run_rows(conv4_,
           {.hops = hops,
            .rows = 1,
            .in = s.conv3.data(),
            .in_hop = 3 * 64,
            .in_row = 0,
            .out = s.conv4.data(),
            .out_hop = 128,
            .out_row = 0},
           s);
  run_rows(input_gates_,
           {.hops = hops,
            .rows = 1,
            .in = s.conv4.data(),
            .in_hop = 128,
            .in_row = 0,
            .out = gates,
            .out_hop = kGates,
            .out_row = 0},
           s);
}

}  // namespace

std::unique_ptr<VoiceDetector> make_silero_detector(const SileroWeights& weights) {
  return std::make_unique<SileroDetector>(weights);
}

}  // namespace auris::audio
