// auris ask FILE "QUESTION": hears a recording and answers a question about it.

#include <fmt/format.h>

#include "apps/generation_flags.h"
#include "apps/recording.h"
#include "apps/transcribe_options.h"
#include "auris/base/log.h"
#include "auris/engine/engine.h"

namespace auris::apps {
namespace {

struct AskFlags {
  std::string file;
  std::string question;
  std::string mode = "auto";
  GenerationFlags generation;
  TranscribeFlags hearing;
};

engine::AskMode mode_of(const std::string& name) {
  if (name == "audio") return engine::AskMode::kAudio;
  return name == "cascade" ? engine::AskMode::kCascade : engine::AskMode::kAuto;
}

// Who hears writes no transcript: its fields are null.
nlohmann::ordered_json to_json(const engine::AskResult& result, const AskFlags& flags) {
  using Json = nlohmann::ordered_json;
  bool by_ear = result.mode == engine::AskMode::kAudio;
  auto of_cascade = [&](const std::string& text) { return by_ear ? Json() : Json(text); };
  return {{"file", flags.file},
          {"question", flags.question},
          {"answer", result.answer},
          {"transcript", of_cascade(result.transcript.text)},
          {"language", of_cascade(result.transcript.language)},
          {"mode", by_ear ? "audio" : "cascade"},
          {"model", result.model},
          {"speech_model", of_cascade(flags.hearing.model)},
          {"truncated", result.truncated},
          {"timings",
           {{"load_s", result.timings.load_s},
            {"transcribe_s", result.timings.transcribe_s},
            {"first_token_s", result.timings.first_token_s},
            {"total_s", result.timings.total_s}}}};
}

int ask(Program& program, const AskFlags& flags) {
  auto engine = engine::Engine::load({.speech_model = flags.hearing.model,
                                      .language_model = flags.generation.model,
                                      .kv_cache = kv_cache_of(flags.generation),
                                      .context_tokens = flags.generation.context,
                                      .device = flags.generation.device});
  engine::AskOptions options;
  options.mode = mode_of(flags.mode);
  options.answer = flags.generation.options;
  options.system = flags.generation.system;
  options.transcribe = options_of(flags.hearing);
  audio::AudioClip clip = read_recording(flags.file, flags.hearing.recording);
  if (flags.hearing.vad) options.transcribe.speech = engine->find_speech(clip);
  generate::GenerationCallbacks callbacks;
  callbacks.cancelled = interrupted;
  if (!program.common.json) {
    callbacks.on_text = [](const std::string& text) {
      fmt::print("{}", text);
      std::fflush(stdout);
    };
  }
  engine::AskResult result = engine->ask(clip, flags.question, options, callbacks);
  if (program.common.json) {
    print_json_line(to_json(result, flags));
  } else {
    print_line("");
  }
  if (result.truncated)
    log(LogLevel::kWarning, "the answer reached --max-tokens or the context and may lack its end");
  log(LogLevel::kInfo, "load {:.3f} s, transcribe {:.3f} s, first token after {:.3f} s, total {:.3f} s",
      result.timings.load_s, result.timings.transcribe_s, result.timings.first_token_s,
      result.timings.total_s);
  return 0;
}

}  // namespace

void add_ask(Program& program) {
  auto flags = std::make_shared<AskFlags>();
  CLI::App* command = program.add_command("ask", "Answer a question about a recording",
                                          [&program, flags] { return ask(program, *flags); });
  command->add_option("file", flags->file, "Recording; - is standard input")->required()->type_name("FILE");
  command->add_option("question", flags->question, "What you want to know")
      ->required()
      ->type_name("QUESTION");
  command
      ->add_option("--mode", flags->mode,
                   "audio: the model hears; cascade: it reads the transcript; auto: audio if it can")
      ->check(CLI::IsMember({"auto", "audio", "cascade"}))
      ->capture_default_str();
  add_generation_flags(*command, flags->generation);
  command->add_option("--speech-model", flags->hearing.model, "Speech model of the cascade")
      ->capture_default_str();
  add_hearing_flags(*command, flags->hearing);
  command->footer("Example: auris ask meeting.m4a \"When do we meet again?\"");
}

}  // namespace auris::apps
