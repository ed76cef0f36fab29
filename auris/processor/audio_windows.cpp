#include "auris/processor/audio_windows.h"

#include <algorithm>
#include <string>

#include "auris/tensor/ops/rows.h"

namespace auris::processor {
namespace {

using audio::WhisperFrontend;
using models::AudioLlmConfig;
using models::AudioLlmFamily;
using models::AudioWindow;

// LLaSO's data loader steps by one sample more than a window holds; its weights have seen that, so do ours.
constexpr size_t kLlasoStepSamples = WhisperFrontend::kWindowSamples + 1;
constexpr int64_t kUltravoxMinSamples = 2 * WhisperFrontend::kHopSamples;

int64_t frames_of(size_t samples) {
  return (static_cast<int64_t>(samples) + WhisperFrontend::kHopSamples - 1) / WhisperFrontend::kHopSamples;
}

std::vector<AudioWindow> padded_windows(std::span<const float> samples, const AudioLlmConfig& config,
                                        const WhisperFrontend& frontend) {
  constexpr auto kWindow = static_cast<size_t>(WhisperFrontend::kWindowSamples);
  bool whole = config.window_rows == models::WindowRows::kWhole;
  size_t step = config.family == AudioLlmFamily::kLlaso ? kLlasoStepSamples : kWindow;
  std::vector<AudioWindow> windows;
  for (size_t begin = 0; begin < samples.size(); begin += step) {
    std::span<const float> part = samples.subspan(begin, std::min(kWindow, samples.size() - begin));
    Tensor mel = frontend.window(part);
    int64_t sound = whole ? mel.rows() : frames_of(part.size());
    int64_t seen = std::min(mel.rows(), sound + config.context_frames);
    windows.push_back({.mel = mel.slice_rows(0, seen), .frames = sound});
  }
  return windows;
}

// Empty frames that the reference's last stack of rows can see: a row is two frames, and the two convolutions
// look one frame further.
int64_t padding_frames(const AudioLlmConfig& config, int64_t frames) {
  int64_t stacked_rows = audio_rows(config, frames) * config.projector.stack;
  return std::min<int64_t>(2 * stacked_rows + 1, config.encoder.max_frames()) - frames;
}

std::vector<AudioWindow> ultravox_windows(std::span<const float> samples, const AudioLlmConfig& config,
                                          const WhisperFrontend& frontend) {
  int64_t wanted = std::max(kUltravoxMinSamples, frames_of(samples.size()) * WhisperFrontend::kHopSamples);
  Tensor all = frontend.features(samples, wanted - static_cast<int64_t>(samples.size()));
  std::vector<AudioWindow> windows;
  for (int64_t begin = 0; begin < all.rows(); begin += config.encoder.max_frames()) {
    int64_t frames = std::min<int64_t>(config.encoder.max_frames(), all.rows() - begin);
    Tensor mel = all.slice_rows(begin, frames);
    int64_t empty = begin == 0 ? 0 : padding_frames(config, frames);
    if (empty > 0) mel = ops::concat_rows(mel, Tensor::zeros({empty, mel.cols()}));
    windows.push_back({.mel = mel, .frames = frames});
  }
  return windows;
}

}  // namespace

std::vector<AudioWindow> audio_windows(const audio::AudioClip& clip, const AudioLlmConfig& config,
                                       const WhisperFrontend& frontend) {
  if (clip.sample_rate_hz != WhisperFrontend::kSampleRateHz) {
    throw Error(ErrorCode::kUsage, {.where = "processor",
                                    .expected = "a recording at 16000 Hz",
                                    .got = std::to_string(clip.sample_rate_hz) + " Hz",
                                    .hint = "resample it first"});
  }
  std::vector<AudioWindow> windows;
  if (!clip.samples.empty()) {
    windows = config.family == AudioLlmFamily::kUltravox ? ultravox_windows(clip.samples, config, frontend)
                                                         : padded_windows(clip.samples, config, frontend);
  }
  // A scrap at the end that gives no row (Qwen2-Audio: 20 ms or less) says nothing; alone it is an error.
  std::erase_if(windows, [&](const AudioWindow& window) { return audio_rows(config, window.frames) == 0; });
  if (windows.empty()) {
    throw Error(ErrorCode::kInput, {.where = "processor",
                                    .expected = "a recording of at least 30 ms",
                                    .got = std::to_string(clip.samples.size()) + " samples",
                                    .hint = ""});
  }
  return windows;
}

}  // namespace auris::processor
