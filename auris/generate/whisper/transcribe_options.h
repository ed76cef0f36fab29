#pragma once
// How to transcribe. The defaults are those of faster-whisper 1.2, and so are the texts, with two exceptions:
// less than a second behind the last text is left out when the model itself takes it for no speech, however
// fluent its text is; and windows of less than 28 s are heard with part of their padding (padding_step),
// which changes some texts a little.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auris/generate/whisper/transcript.h"

namespace auris::generate {

enum class WhisperTask {
  kTranscribe,  // write down in the language spoken
  kTranslate,   // write down in English
};

// Part of a recording, in seconds.
struct TimeSpan {
  double begin_s = 0;
  double end_s = 0;
};

struct TranscribeOptions {
  std::string language =
      {};  // code or English name; empty or "auto" detects it. English-only models ignore it
  WhisperTask task = WhisperTask::kTranscribe;

  // Search
  int beam_size = 5;            // 1 = greedy
  double patience = 1.0;        // a search ends after round(beam_size * patience) finished texts
  double length_penalty = 1.0;  // texts are ranked by log-probability / length^length_penalty
  int best_of = 5;              // texts sampled at temperatures above 0
  std::vector<double> temperatures = {0.0, 0.2, 0.4,
                                      0.6, 0.8, 1.0};  // tried in turn until a text is good enough
  double repetition_penalty = 1.0;
  int no_repeat_ngram = 0;  // 0 = off
  int max_new_tokens = 0;   // per window; 0 = what the model allows (224)
  uint64_t seed = 0;        // of the sampling; equal seeds give equal texts

  // When a text is not good enough, and when there is none
  std::optional<double> compression_ratio_threshold = 2.4;
  std::optional<double> log_prob_threshold = -1.0;
  std::optional<double> no_speech_threshold = 0.6;

  // Windows of less than 30 s. The model wants 30 s; the references compute all of the padding. 1 does so
  // too; above it, the padding farther than 2 s from the recording is computed at every padding_step-th row
  // only, and a text that the model is not sure of is searched again with all of it. 0 = every 4th row of
  // short windows to every 8th of longer ones.
  int padding_step = 0;

  // What the model is told
  bool condition_on_previous_text = true;
  double prompt_reset_on_temperature = 0.5;  // a text sampled above this is not used as context
  std::string initial_prompt = {};           // context for the first windows
  std::string prefix = {};                   // the beginning of the first window's text
  std::string hotwords = {};                 // context for every window; not used where there is a prefix

  // What it may write
  bool suppress_blank = true;
  bool suppress_non_speech = true;              // signs and sound descriptions
  std::vector<int32_t> suppressed_tokens = {};  // further ones
  bool timestamps = true;
  double max_initial_timestamp_s = 1.0;

  // Words
  bool word_timestamps = false;
  std::string prepend_punctuations = "\"'“¿([{-";
  std::string append_punctuations = "\"'.。,，!！?？:：”)]}、";
  std::optional<double> hallucination_silence_threshold_s =
      {};  // with words: skip silence around unlikely text

  bool token_states = false;  // keep what the decoder thought at every token (TranscriptSegment::states)

  // Where to listen. Both empty: everywhere.
  std::vector<TimeSpan> speech =
      {};  // from a voice activity detector: what lies between is left out, times are mapped back
  std::vector<TimeSpan> clips = {};  // only these parts, each with windows of its own; an end of 0 = the end

  // Language detection
  int language_detection_windows = 1;  // how many are asked until one is surer than the threshold
  double language_detection_threshold = 0.5;
  bool detect_language_per_window = false;  // for recordings in several languages
};

struct TranscribeCallbacks {
  std::function<void(const TranscriptSegment& segment)> on_segment = {};  // in order, as soon as it is final
  std::function<void(const std::string& language, double probability)> on_language = {};
  std::function<void(double done_s, double total_s)> on_progress = {};
  // The encoder's rows of the recording behind its stem, each of its blocks and its final norm, in
  // WhisperConfig::stages() tensors [n, d_model] on the host, a row for 0.02 s, in order and each stretch
  // once: those that a window leaves to the next one are told of there. Stretches that are digital silence
  // are left out.
  std::function<void(double begin_s, std::span<const Tensor> stages)> on_encoded = {};
  std::function<bool()> cancelled = {};  // asked at every decoding step; true ends with Error kCancelled
};

}  // namespace auris::generate
