#include "auris/engine/engine.h"

#include <algorithm>
#include <chrono>

#include "auris/audio/vad.h"
#include "auris/base/log.h"
#include "auris/base/trimmed.h"
#include "auris/models/vad/silero/load_silero_vad.h"
#include "auris/tensor/backend/open_device.h"
#include "auris/weights/catalog.h"

namespace auris::engine {
namespace {

using Clock = std::chrono::steady_clock;

// faster-whisper's settings for cutting silence out of a recording.
const audio::VadOptions kSpeechSearch = {.min_speech_ms = 0, .min_silence_ms = 2000, .pad_ms = 400};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

[[noreturn]] void fail_without_ears(const std::string& model) {
  throw Error(ErrorCode::kModel, {.where = "ask",
                                  .expected = "an audio language model for --mode audio",
                                  .got = quoted(model) + ", which reads text only",
                                  .hint = "use --mode cascade: the transcript goes into the language model"});
}

void take_answer(const generate::Generation& answer, double begun_s, AskResult& result) {
  result.answer = answer.text;
  result.truncated = answer.finish_reason == generate::FinishReason::kMaxTokens ||
                     answer.finish_reason == generate::FinishReason::kContextFull;
  result.timings.first_token_s = begun_s + answer.first_token_s;
}

}  // namespace

std::shared_ptr<Engine> Engine::load(const EngineOptions& options) {
  if (options.kv_cache != DType::kF32 && options.kv_cache != DType::kF16 &&
      options.kv_cache != DType::kQ8_0) {
    throw Error(ErrorCode::kUsage, {.where = "engine",
                                    .expected = "a cache of f32, f16 or q8_0",
                                    .got = std::string(name_of(options.kv_cache)),
                                    .hint = ""});
  }
  return std::shared_ptr<Engine>(new Engine(options, open_device(options.device)));
}

std::shared_ptr<const models::WhisperModel> Engine::speech_model() {
  std::lock_guard lock(mutex_);
  if (!speech_model_) {
    auto begin = Clock::now();
    speech_model_ = models::load_whisper(weights::Catalog::load().resolve(options_.speech_model), device_);
    load_s_ += seconds_since(begin);
    log(LogLevel::kInfo, "opened {} in {:.3f} s", options_.speech_model, seconds_since(begin));
  }
  return speech_model_;
}

std::shared_ptr<const LanguageModel> Engine::language_model() {
  std::lock_guard lock(mutex_);
  if (!language_model_) {
    auto begin = Clock::now();
    language_model_ = load_language_model(weights::Catalog::load().resolve(options_.language_model),
                                          options_.language_model, {.device = device_}, device_);
    load_s_ += seconds_since(begin);
    log(LogLevel::kInfo, "opened {} in {:.3f} s", options_.language_model, seconds_since(begin));
  }
  return language_model_;
}

generate::Transcript Engine::transcribe(const audio::AudioClip& clip,
                                        const generate::TranscribeOptions& options,
                                        const generate::TranscribeCallbacks& callbacks) {
  generate::Transcriber transcriber(speech_model());
  std::lock_guard lock(speech_mutex_);
  return transcriber.transcribe(clip, options, callbacks);
}

std::vector<generate::TimeSpan> Engine::find_speech(const audio::AudioClip& clip) {
  auto detector = models::best_voice_detector();
  std::vector<generate::TimeSpan> spans;
  for (const audio::SpeechSpan& span : audio::detect_speech(*detector, clip.samples, kSpeechSearch)) {
    spans.push_back({span.begin_s, span.end_s});
  }
  return spans;
}

std::unique_ptr<Session> Engine::start_session(const SessionOptions& options) {
  auto model = language_model();
  int64_t limit = model->llama->config().context_length;
  if (options_.context_tokens > 0) limit = std::min(limit, options_.context_tokens);
  return std::make_unique<Session>(std::move(model), options, limit);
}

AskResult Engine::ask(const audio::AudioClip& clip, const std::string& question, const AskOptions& options,
                      const generate::GenerationCallbacks& callbacks) {
  double loaded_before_s = load_s_;
  bool hears = language_model()->hears();
  if (options.mode == AskMode::kAudio && !hears) fail_without_ears(options_.language_model);
  bool by_ear = hears && options.mode != AskMode::kCascade;
  if (!by_ear) speech_model();
  double load_s = load_s_ - loaded_before_s;
  AskResult result = by_ear ? ask_by_ear(clip, question, options, callbacks)
                            : ask_by_transcript(clip, question, options, callbacks);
  result.mode = by_ear ? AskMode::kAudio : AskMode::kCascade;
  result.model = options_.language_model;
  result.timings.load_s = load_s;
  return result;
}

AskResult Engine::ask_by_ear(const audio::AudioClip& clip, const std::string& question,
                             const AskOptions& options, const generate::GenerationCallbacks& callbacks) {
  auto begin = Clock::now();
  auto session = start_session({.system = options.system, .kv_cache = options_.kv_cache});
  Turn turn{.text = question, .audio = {std::make_shared<const audio::AudioClip>(clip)}};
  AskResult result;
  double prepared_s = seconds_since(begin);
  take_answer(session->send(turn, options.answer, callbacks), prepared_s, result);
  result.timings.total_s = seconds_since(begin);
  return result;
}

AskResult Engine::ask_by_transcript(const audio::AudioClip& clip, const std::string& question,
                                    const AskOptions& options,
                                    const generate::GenerationCallbacks& callbacks) {
  auto begin = Clock::now();
  generate::TranscribeCallbacks hearing;
  hearing.cancelled = callbacks.cancelled;
  AskResult result;
  result.transcript = transcribe(clip, options.transcribe, hearing);
  result.timings.transcribe_s = seconds_since(begin);
  auto session = start_session({.system = options.system, .kv_cache = options_.kv_cache});
  std::string prompt = cascade_prompt(std::string(trimmed(result.transcript.text, " ")), question);
  take_answer(session->send(prompt, options.answer, callbacks), result.timings.transcribe_s, result);
  result.timings.total_s = seconds_since(begin);
  return result;
}

std::string cascade_prompt(const std::string& transcript, const std::string& question) {
  // Small models ramble or echo the transcript unless they are told what it is and how much to say.
  std::string heard = transcript.empty() ? "Nobody speaks in a recording."
                                         : "Somebody says in a recording:\n\"" + transcript + "\"";
  return heard + "\n\nQuestion about the recording: " + question + "\nAnswer in one sentence.";
}

}  // namespace auris::engine
