#pragma once
// Voice activity detection: where in a recording somebody speaks.
//
//   auto detector = make_energy_detector();             // or models::load_silero_vad(): a small network, far
//   better for (SpeechSpan span : detect_speech(*detector, clip.samples, {.max_speech_s = 30})) ...
//
// A detector gives a probability of speech for every hop; speech_spans makes spans of them by the rules of
// Silero's get_speech_timestamps, of which it is a port.

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace auris::audio {

struct VadOptions {
  float threshold = 0.5f;    // speech begins at this probability
  float end_threshold = -1;  // and ends below this one; < 0: max(threshold - 0.15, 0.01)
  int min_speech_ms = 250;   // shorter spans are dropped
  int min_silence_ms = 100;  // shorter pauses do not end a span
  int pad_ms = 30;           // added at both sides; neighbours share the pause between them
  double max_speech_s = std::numeric_limits<double>::infinity();
  // A span that grows beyond max_speech_s is cut at its longest pause of at least this length, else where it
  // stands.
  int min_split_silence_ms = 98;
};

struct SpeechSpan {
  double begin_s = 0;
  double end_s = 0;
};

// Speech probabilities of a stream of 16 kHz samples. Holds the state of one stream: not thread-safe.
class VoiceDetector {
 public:
  static constexpr int kSampleRateHz = 16000;

  virtual ~VoiceDetector() = default;

  virtual int hop_samples() const = 0;
  // Forgets the stream: the next push begins another.
  virtual void reset() = 0;
  // Appends one probability for each hop that is complete. Throws kInput for samples that are not finite.
  virtual void push(std::span<const float> samples, std::vector<float>& probabilities) = 0;
  // Ends the stream: appends the probability of the last, incomplete hop (silence follows), if there is one.
  // Resets.
  virtual void finish(std::vector<float>& probabilities) = 0;
};

// Needs no weights: energy of the speech band above a running estimate of the noise. Finds sounds rather than
// speech.
std::unique_ptr<VoiceDetector> make_energy_detector();

// `samples` is the length of the recording that the probabilities were made of.
std::vector<SpeechSpan> speech_spans(std::span<const float> probabilities, int hop_samples, int64_t samples,
                                     const VadOptions& options = {});

// The whole recording at once. The detector is reset before.
std::vector<SpeechSpan> detect_speech(VoiceDetector& detector, std::span<const float> samples,
                                      const VadOptions& options = {});

}  // namespace auris::audio
