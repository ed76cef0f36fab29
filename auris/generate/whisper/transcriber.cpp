#include "auris/generate/whisper/transcriber.h"

#include <fmt/format.h>

#include "auris/generate/whisper/transcription.h"

namespace auris::generate {
namespace {

// The model easily misses a word that is all there is. If it heard nothing in so short a recording, it hears
// it again behind a second of silence.
constexpr double kEasilyMissedS = 2.0;
constexpr double kLeadS = 1.0;

void require(bool holds, std::string expected, std::string got) {
  if (holds) return;
  throw Error(ErrorCode::kUsage,
              {.where = "transcribe", .expected = std::move(expected), .got = std::move(got), .hint = ""});
}

void check(const TranscribeOptions& options) {
  require(options.beam_size >= 1 && options.beam_size <= 64, "1 to 64 beams",
          fmt::format("{}", options.beam_size));
  require(options.best_of >= 1 && options.best_of <= 64, "1 to 64 samples",
          fmt::format("{}", options.best_of));
  require(options.padding_step >= 0 && options.padding_step <= 1500, "a padding step of 0 to 1500",
          fmt::format("{}", options.padding_step));
  require(options.patience > 0 && options.patience <= 100, "a patience above 0",
          fmt::format("{}", options.patience));
  require(options.repetition_penalty > 0, "a repetition penalty above 0",
          fmt::format("{}", options.repetition_penalty));
  require(!options.temperatures.empty(), "at least one temperature", "none");
  for (double temperature : options.temperatures) {
    require(temperature >= 0 && temperature <= 10, "temperatures from 0 to 10",
            fmt::format("{}", temperature));
  }
  require(options.max_initial_timestamp_s >= 0, "a first timestamp from 0 on",
          fmt::format("{}", options.max_initial_timestamp_s));
  require(options.speech.empty() || options.clips.empty(), "speech spans or clips", "both");
  require(!options.hallucination_silence_threshold_s || options.word_timestamps,
          "word timestamps with hallucination_silence_threshold", "none");
}

void check_rate(const audio::AudioClip& clip) {
  require(clip.sample_rate_hz == audio::WhisperFrontend::kSampleRateHz, "a clip with 16000 Hz",
          fmt::format("{} Hz", clip.sample_rate_hz));
}

Tensor features_of(const audio::WhisperFrontend& frontend, std::span<const float> samples) {
  return frontend.features(samples, audio::WhisperFrontend::kFasterWhisperTailSamples);
}

}  // namespace

Transcriber::Transcriber(std::shared_ptr<const models::WhisperModel> model)
    : model_(std::move(model)),
      group_(std::make_shared<DecodingGroup>(*model_)),
      vocabulary_(model_->tokenizer, model_->config.vocab_size),
      frontend_(model_->config.n_mels) {}

Transcript Transcriber::transcribe(const audio::AudioClip& clip, const TranscribeOptions& options,
                                   const TranscribeCallbacks& callbacks) const {
  check(options);
  check_rate(clip);
  Recording recording;
  recording.duration_s = clip.duration_s();
  recording.samples = clip.samples;
  SpeechSpans spans(options.speech, clip.samples.size(), clip.sample_rate_hz);
  std::vector<float> joined;
  if (!options.speech.empty()) {
    joined = spans.join(clip.samples);
    recording.samples = joined;
    recording.spans = &spans;
  }
  TranscriptTimings timings;
  recording.frames = audio::WhisperFrontend::content_frames(recording.samples.size());
  if (recording.frames > 0) {
    Stopwatch watch(timings.features_s);
    recording.features = features_of(frontend_, recording.samples);
  }
  Transcript transcript =
      Transcription(*model_, group_, vocabulary_, options, callbacks, recording, timings).run();
  const bool plain = options.speech.empty() && options.clips.empty();
  if (!plain || !transcript.segments.empty() || recording.frames == 0 ||
      recording.duration_s > kEasilyMissedS) {
    return transcript;
  }
  std::vector<float> led(static_cast<size_t>(kLeadS * clip.sample_rate_hz), 0.0f);
  led.insert(led.end(), clip.samples.begin(), clip.samples.end());
  recording.samples = led;
  recording.lead_s = kLeadS;
  recording.frames = audio::WhisperFrontend::content_frames(led.size());
  {
    Stopwatch watch(transcript.timings.features_s);
    recording.features = features_of(frontend_, led);
  }
  return Transcription(*model_, group_, vocabulary_, options, callbacks, recording, transcript.timings).run();
}

}  // namespace auris::generate
