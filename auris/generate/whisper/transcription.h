#pragma once
// One run of the Transcriber over one recording.

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

#include "auris/audio/frontend/whisper_frontend.h"
#include "auris/generate/whisper/hallucination.h"
#include "auris/generate/whisper/speech_spans.h"
#include "auris/generate/whisper/window_decoder.h"

namespace auris::generate {

// Adds the time until its end to a sum.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds), begin_(std::chrono::steady_clock::now()) {}
  ~Stopwatch() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& seconds_;
  std::chrono::steady_clock::time_point begin_;
};

struct Recording {
  std::span<const float> samples;      // 16 kHz; what is transcribed
  Tensor features;                     // [frames + 1, mels]
  int64_t frames = 0;                  // 10 ms each
  const SpeechSpans* spans = nullptr;  // maps times back if silence was left out
  double duration_s = 0;               // of the original recording
  double lead_s = 0;                   // silence that was put before it
};

class Transcription {
 public:
  // Its windows are searched among those of `group`.
  Transcription(const models::WhisperModel& model, const std::shared_ptr<DecodingGroup>& group,
                const WhisperVocabulary& vocabulary, const TranscribeOptions& options,
                const TranscribeCallbacks& callbacks, const Recording& recording, TranscriptTimings timings);

  Transcript run();

  // Of the window that begins at `frame` and has `frames` or as many as the model hears; most probable first.
  std::vector<LanguageProbability> detect_language(int64_t frame, int64_t frames);

 private:
  struct Clip {
    int64_t begin = 0;  // frames
    int64_t end = 0;
  };

  std::vector<Clip> clips() const;
  void listen(int64_t frame, int64_t frames, int padding_step);
  WindowText decode_window(int64_t frame, int64_t frames);
  bool ends_too_early(const WindowText& text, int64_t frame, int64_t frames) const;
  void restore_times(TranscriptSegment& segment) const;
  void choose_language(const std::vector<Clip>& clips);
  void set_language(const std::string& code, double probability);
  void run_window(int64_t frame, int64_t frames);
  bool skips(const WindowText& text, int64_t frame, int64_t frames) const;
  bool is_silent(int64_t frame, int64_t frames) const;
  std::span<const float> samples_of(int64_t frame, int64_t frames) const;
  void add_words(const WindowPlace& place, const WindowSegments& split, std::vector<SegmentWords>& segments);
  bool drop_hallucinations(const WindowPlace& place, std::vector<SegmentWords>& segments);
  void add_states(std::vector<SegmentWords>& segments);
  void tell_encoded(int64_t frame, int64_t frames) const;
  void add_segments(const WindowText& text, const std::vector<SegmentWords>& segments);
  void check_cancelled() const;

  const models::WhisperModel& model_;
  const WhisperVocabulary& vocabulary_;
  const TranscribeOptions& options_;
  const TranscribeCallbacks& callbacks_;
  const Recording& recording_;
  WindowState state_;
  WindowDecoder decoder_;
  Transcript transcript_;

  int64_t heard_frame_ = -1;  // the window that state_ listens to
  int64_t heard_frames_ = 0;
  int heard_padding_step_ = -1;
  std::vector<Tensor> heard_stages_;  // the encoder's rows of the window and its padding, if they are wanted
  TokenId language_ = 0;
  std::vector<TokenId> context_;  // everything written so far, timestamps included
  size_t context_begin_ = 0;      // what the next prompt may show begins here
  int64_t next_frame_ = 0;
  double last_speech_s_ = 0;
};

}  // namespace auris::generate
