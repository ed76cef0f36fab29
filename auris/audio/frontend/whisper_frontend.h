#pragma once
// Log-mel features as Whisper and every audio language model built on its encoder expect them: 16 kHz, frames
// of 400 samples every 160 (10 ms) under a periodic Hann window, centred with reflected edges, power, Slaney
// mel, log10 of at least 1e-10, nothing more than 8 below the maximum, (x + 4) / 4. Equal to openai-whisper's
// log_mel_spectrogram and transformers' WhisperFeatureExtractor within 1e-4 (the tests hold it to that).
//
// All results are f32 [frames, mel bins]: frames outermost, the transpose of what those two return.
//
// The maximum is that of everything one call is given. That is why a long recording must be transformed in
// one call and then cut: openai-whisper and faster-whisper compute the whole file once (with 480,000 and 160
// zeros behind it, see kOpenAiTailSamples) and let the decoder slide over it, while transformers takes the
// maximum of each 30 s window.
//
//   WhisperFrontend frontend(80);
//   Tensor one = frontend.window(clip.samples);               // [3000, 80], as transformers and whisper.cpp
//   do it Tensor all = frontend.features(clip.samples, kOpenAiTailSamples); Tensor part = frontend.slice(all,
//   seek, WhisperFrontend::content_frames(clip.samples.size())); Tensor exact =
//   frontend.features(clip.samples);           // true length: samples / 160 frames
//
// Thread-safe: const methods may run at once. Large inputs use parallel_for.

#include <cstdint>
#include <memory>
#include <span>

#include "auris/tensor/tensor.h"

namespace auris::audio {

class WhisperFrontend {
 public:
  static constexpr int kSampleRateHz = 16000;
  static constexpr int64_t kHopSamples = 160;
  static constexpr int64_t kWindowSamples = 480000;  // 30 s
  static constexpr int64_t kWindowFrames = 3000;
  static constexpr int64_t kOpenAiTailSamples = kWindowSamples;
  static constexpr int64_t kFasterWhisperTailSamples = kHopSamples;

  // 80 for Whisper up to large-v2, 128 since large-v3. Throws kUsage outside 1 ... 201.
  explicit WhisperFrontend(int mel_bins = 80);
  ~WhisperFrontend();
  WhisperFrontend(WhisperFrontend&&) noexcept;
  WhisperFrontend& operator=(WhisperFrontend&&) noexcept;

  int mel_bins() const;

  // [(samples + tail_zeros) / 160, bins]. `tail_zeros` samples of silence are appended first. Fewer than 201
  // samples, which the references refuse, are reflected as often as it takes (numpy's rule); fewer than 160
  // give no frame. Throws kInput if a sample is NaN, infinite or beyond +-10^12.
  Tensor features(std::span<const float> samples, int64_t tail_zeros = 0) const;

  // Exactly 30 s, [3000, bins]: the first 480,000 samples, or all of them and silence behind.
  Tensor window(std::span<const float> samples) const;

  // Frames of a recording itself, without what a tail adds.
  static int64_t content_frames(size_t samples) { return static_cast<int64_t>(samples) / kHopSamples; }

  // Rows [first, first + window_frames) of `features` that lie before `content_frames`, with rows of 0 (not
  // of silence) up to window_frames: with 3000, the input of one decoding step of openai-whisper and
  // faster-whisper (pad_or_trim on features). A view if no row is missing.
  static Tensor slice(const Tensor& features, int64_t first, int64_t content_frames,
                      int64_t window_frames = kWindowFrames);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace auris::audio
