#pragma once
// The friendly front door: load models by name or path, then transcribe recordings, ask about them, chat and
// score.
//
//   auto engine = engine::Engine::load({});
//   auto transcript = engine->transcribe(audio::decode_audio("talk.opus"));
//   auto answer = engine->ask(audio::decode_audio("talk.opus"), "Who is speaking?");
//
// Models are opened when they are first needed and stay open. An Engine may be shared by threads; calls that
// use the same model take turns.

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/engine/language_model.h"
#include "auris/engine/session.h"
#include "auris/generate/whisper/transcribe_options.h"
#include "auris/generate/whisper/transcriber.h"

namespace auris::engine {

// Catalog names, files or folders.
struct EngineOptions {
  std::string speech_model = "whisper-base";             // writes down what was said
  std::string language_model = "smollm2-135m-instruct";  // answers
  DType kv_cache = DType::kF32;  // keys and values of conversations: kF32, kF16, kQ8_0
  int64_t context_tokens = 0;    // 0 = what the language model was made for
  std::string device = "cpu";    // where models compute: cpu, torch, cuda or cuda:N (open_device.h)
};

enum class AskMode {
  kAuto,     // kAudio if the language model hears, else kCascade
  kAudio,    // the recording's embeddings go into the language model
  kCascade,  // its transcript does
};

struct AskOptions {
  AskMode mode = AskMode::kAuto;
  generate::GenerationOptions answer = {};
  generate::TranscribeOptions transcribe = {};  // cascade
  std::string system = {};                      // empty = the model's own default
};

struct AskTimings {
  double load_s = 0;         // opening models
  double transcribe_s = 0;   // cascade: hearing
  double first_token_s = 0;  // from the call (models open) to the first token of the answer
  double total_s = 0;
};

struct AskResult {
  std::string answer;
  generate::Transcript transcript;  // cascade; empty for kAudio, where nobody writes one
  AskMode mode = AskMode::kCascade;
  std::string model;       // who answered
  bool truncated = false;  // the answer hit max_tokens
  AskTimings timings;
};

class Engine {
 public:
  // Checks the options and opens the device; opens no model yet. Throws kUsage, also for a device that is not
  // there, saying what is missing.
  static std::shared_ptr<Engine> load(const EngineOptions& options = {});

  generate::Transcript transcribe(const audio::AudioClip& clip,
                                  const generate::TranscribeOptions& options = {},
                                  const generate::TranscribeCallbacks& callbacks = {});

  // `on_text` sees the answer piece by piece. Throws kModel for kAudio if the language model does not hear.
  // kCascade with a model that hears makes it read the transcript.
  AskResult ask(const audio::AudioClip& clip, const std::string& question, const AskOptions& options = {},
                const generate::GenerationCallbacks& callbacks = {});

  // Where somebody speaks, by the voice activity detector.
  static std::vector<generate::TimeSpan> find_speech(const audio::AudioClip& clip);

  // A conversation. Turns may hold recordings if the language model hears; for others transcribe() them
  // first.
  std::unique_ptr<Session> start_session(const SessionOptions& options = {});

  // The models themselves, opened on first use. Throws kModel.
  std::shared_ptr<const models::WhisperModel> speech_model();
  std::shared_ptr<const LanguageModel> language_model();
  double load_s() const { return load_s_; }  // spent opening models so far

  const EngineOptions& options() const { return options_; }
  Device device() const { return device_; }

 private:
  AskResult ask_by_ear(const audio::AudioClip& clip, const std::string& question, const AskOptions& options,
                       const generate::GenerationCallbacks& callbacks);
  AskResult ask_by_transcript(const audio::AudioClip& clip, const std::string& question,
                              const AskOptions& options, const generate::GenerationCallbacks& callbacks);

  Engine(const EngineOptions& options, Device device) : options_(options), device_(device) {}

  EngineOptions options_;
  Device device_;
  std::mutex mutex_;  // guards opening
  std::mutex speech_mutex_;
  std::shared_ptr<const models::WhisperModel> speech_model_;
  std::shared_ptr<const LanguageModel> language_model_;
  double load_s_ = 0;
};

// What the language model is told about a recording in cascade mode.
std::string cascade_prompt(const std::string& transcript, const std::string& question);

}  // namespace auris::engine
