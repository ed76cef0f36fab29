// auris transcribe, auris translate: what was said, with times, on the terminal or in files.

#include <fmt/format.h>

#include <filesystem>

#include "apps/progress_bar.h"
#include "apps/recording.h"
#include "apps/transcribe_options.h"
#include "auris/base/atomic_file.h"
#include "auris/base/log.h"
#include "auris/engine/engine.h"
#include "auris/engine/transcript_format.h"

namespace auris::apps {
namespace {

void write_outputs(const TranscribeFlags& flags, const std::string& file,
                   const generate::Transcript& transcript, double load_s) {
  std::filesystem::path base = flags.output_file.empty() ? std::filesystem::path(file == "-" ? "stdin" : file)
                                                         : std::filesystem::path(flags.output_file);
  auto write = [&](bool wanted, const char* extension, const std::string& content) {
    if (!wanted) return;
    AtomicFile output(base.string() + extension, ErrorCode::kInput);
    output.write(std::as_bytes(std::span(content)));
    output.commit();
  };
  write(flags.output_txt, ".txt", engine::to_text(transcript));
  write(flags.output_srt, ".srt", engine::to_srt(transcript));
  write(flags.output_vtt, ".vtt", engine::to_vtt(transcript));
  if (flags.output_json) {
    auto json = engine::to_json(transcript, file, load_s);
    write(true, ".json", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
  }
}

void log_timings(const generate::Transcript& transcript, double load_s) {
  const generate::TranscriptTimings& timings = transcript.timings;
  double work_s = timings.features_s + timings.encode_s + timings.decode_s;
  log(LogLevel::kInfo,
      "load {:.3f} s, features {:.3f} s, encode {:.3f} s, decode {:.3f} s; {:.1f} times real time", load_s,
      timings.features_s, timings.encode_s, timings.decode_s,
      work_s > 0 ? transcript.duration_s / work_s : 0.0);
}

generate::Transcript transcribe_file(engine::Engine& engine, const Program& program,
                                     const TranscribeFlags& flags, const std::string& file) {
  audio::AudioClip clip = read_recording(file, flags.recording);
  ProgressBar bar(program.common);
  generate::TranscribeCallbacks callbacks;
  if (!program.common.json) {
    callbacks.on_segment = [&](const generate::TranscriptSegment& segment) {
      bar.clear();
      std::string line = engine::to_timed_line(segment);
      print_line(flags.no_timestamps ? line.substr(line.find(']') + 3) : line);
    };
  }
  callbacks.on_progress = [&](double done_s, double total_s) {
    bar.update(total_s > 0 ? done_s / total_s : 1.0, fmt::format("{:.0f} of {:.0f} s", done_s, total_s));
  };
  callbacks.on_language = [&](const std::string& language, double probability) {
    log(LogLevel::kInfo, "{}: language {} (probability {:.2f})", file, language, probability);
  };
  callbacks.cancelled = interrupted;
  generate::TranscribeOptions options = options_of(flags);
  if (flags.vad) options.speech = engine.find_speech(clip);
  if (flags.vad && options.speech.empty()) {
    generate::Transcript silent;
    silent.duration_s = clip.duration_s();
    return silent;
  }
  return engine.transcribe(clip, options, callbacks);
}

// One recording that cannot be read does not keep the others from being heard.
int transcribe_all(Program& program, const TranscribeFlags& flags) {
  options_of(flags);  // usage errors first
  auto engine = engine::Engine::load({.speech_model = flags.model, .device = flags.device});
  engine->speech_model();
  int exit_code = 0;
  for (const std::string& file : flags.files) {
    try {
      generate::Transcript transcript = transcribe_file(*engine, program, flags, file);
      if (program.common.json) print_json_line(engine::to_json(transcript, file, engine->load_s()));
      write_outputs(flags, file, transcript, engine->load_s());
      log_timings(transcript, engine->load_s());
      if (transcript.truncated)
        log(LogLevel::kWarning, "{}: a window reached its token limit; text may be missing there", file);
      if (transcript.repetition_loop)
        log(LogLevel::kWarning, "{}: the model repeated itself; the repeats were cut off", file);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kInput) throw;
      log_line(LogLevel::kError, error.what());
      if (program.common.json)
        print_json_line({{"file", file}, {"error", {{"type", "input"}, {"message", error.what()}}}});
      exit_code = exit_code_of(error.code());
    }
  }
  return exit_code;
}

}  // namespace

void add_transcribe(Program& program) {
  auto flags = std::make_shared<TranscribeFlags>();
  CLI::App* command = program.add_command("transcribe", "Write down what is said in recordings",
                                          [&program, flags] { return transcribe_all(program, *flags); });
  add_transcribe_flags(*command, *flags);
  command->add_option("--task", flags->task, "transcribe, or translate into English")
      ->check(CLI::IsMember({"transcribe", "translate"}))
      ->capture_default_str();
  command->footer("Example: auris transcribe talk.opus -osrt --words --json > talk.jsonl");
}

void add_translate(Program& program) {
  auto flags = std::make_shared<TranscribeFlags>();
  flags->task = "translate";
  CLI::App* command = program.add_command("translate", "Write down in English what is said in recordings",
                                          [&program, flags] { return transcribe_all(program, *flags); });
  add_transcribe_flags(*command, *flags);
  command->footer("Example: auris translate reportage.m4a");
}

}  // namespace auris::apps
