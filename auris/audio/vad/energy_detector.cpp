#include <algorithm>
#include <array>
#include <cmath>

#include "auris/audio/frontend/log_mel_kernel.h"
#include "auris/audio/require_finite.h"
#include "auris/audio/vad.h"

namespace auris::audio {
namespace {

constexpr int kHopFrames = 3;
constexpr int kHop = kHopFrames * kWhisperHop;     // 30 ms
constexpr int kAhead = kWhisperFft - kWhisperHop;  // samples that the last frame of a hop sees behind it
constexpr int kMelBins = 80;
constexpr int kFirstBin = 5;  // 200 Hz
constexpr int kEndBin = 62;   // 4 kHz
constexpr int kBins = kEndBin - kFirstBin;
constexpr int kWindowFrames =
    150;  // the noise level is the minimum of the last 1.5 to 3 s (Martin 2001, simplified)
constexpr float kSmoothing = 0.7f;  // of the level from frame to frame, before the minimum is taken
constexpr float kQuietest = -5.8f;  // log10 of mel power: white noise of about -64 dB of full scale
constexpr float kMiddleDb = 7.5f;   // above the noise: probability 0.5
constexpr float kSlopeDb = 1.5f;

class EnergyDetector final : public VoiceDetector {
 public:
  EnergyDetector() : plan_(make_log_mel_plan(kMelBins)) { reset(); }

  int hop_samples() const override { return kHop; }

  void reset() override {
    held_.clear();
    pending_samples_ = 0;
    frame_ = 0;
    current_minimum_.fill(1e9f);
    previous_minimum_.fill(1e9f);
  }

  void push(std::span<const float> samples, std::vector<float>& probabilities) override {
    require_finite(samples, "energy detector");
    held_.insert(held_.end(), samples.begin(), samples.end());
    pending_samples_ += static_cast<int64_t>(samples.size());
    run(probabilities);
  }

  void finish(std::vector<float>& probabilities) override {
    if (pending_samples_ > 0) {
      int64_t hops = (pending_samples_ + kHop - 1) / kHop;
      held_.resize(static_cast<size_t>(hops * kHop + kAhead), 0.0f);
      run(probabilities);
    }
    reset();
  }

 private:
  void run(std::vector<float>& probabilities) {
    if (held_.size() < kHop + kAhead) return;
    int64_t hops = (static_cast<int64_t>(held_.size()) - kAhead) / kHop;
    int64_t frames = hops * kHopFrames;
    // The kernel may read up to a whole group of frames.
    std::vector<float> padded = held_;
    padded.resize(held_.size() + kLogMelGroup * kWhisperHop, 0.0f);
    std::vector<float> rows(static_cast<size_t>(frames * kMelBins));
    log_mel_rows(plan_, padded.data(), frames, rows.data());
    for (int64_t hop = 0; hop < hops; ++hop) {
      float db = 0;
      for (int f = 0; f < kHopFrames; ++f)
        db += above_noise_db(rows.data() + (hop * kHopFrames + f) * kMelBins);
      db /= kHopFrames;
      probabilities.push_back(1.0f / (1.0f + std::exp((kMiddleDb - db) / kSlopeDb)));
    }
    held_.erase(held_.begin(), held_.begin() + hops * kHop);
    pending_samples_ = std::max<int64_t>(0, pending_samples_ - hops * kHop);
  }

  // How far the speech band of a frame stands above the noise, mean over its bins.
  float above_noise_db(const float* row) {
    float sum = 0;
    for (int i = 0; i < kBins; ++i) {
      auto bin = static_cast<size_t>(i);
      float level = row[kFirstBin + i];
      smoothed_[bin] = frame_ == 0 ? level : kSmoothing * smoothed_[bin] + (1 - kSmoothing) * level;
      current_minimum_[bin] = std::min(current_minimum_[bin], smoothed_[bin]);
      float noise = std::max(kQuietest, std::min(current_minimum_[bin], previous_minimum_[bin]));
      sum += 10.0f * std::max(0.0f, level - noise);
    }
    if (++frame_ % kWindowFrames == 0) {
      previous_minimum_ = current_minimum_;
      current_minimum_ = smoothed_;
    }
    return sum / kBins;
  }

  LogMelPlan plan_;
  std::vector<float> held_;
  int64_t pending_samples_ = 0;  // real samples that no probability stands for yet
  int64_t frame_ = 0;
  std::array<float, kBins> smoothed_{};
  std::array<float, kBins> current_minimum_{};
  std::array<float, kBins> previous_minimum_{};
};

}  // namespace

std::unique_ptr<VoiceDetector> make_energy_detector() { return std::make_unique<EnergyDetector>(); }

}  // namespace auris::audio
