#include "apps/transcribe_options.h"

#include <fmt/format.h>

#include "apps/device_flag.h"

namespace auris::apps {

void add_hearing_flags(CLI::App& command, TranscribeFlags& flags) {
  add_recording_flags(command, flags.recording);
  generate::TranscribeOptions& options = flags.options;
  command.add_option("-l,--language", options.language, "Language spoken: a code, an English name, or auto")
      ->default_str("auto");
  command.add_option("--beam-size", options.beam_size, "Beams of the search; 1 = greedy")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      .add_option("--best-of", options.best_of, "Texts sampled where the search falls back to a temperature")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      .add_option("--patience", options.patience,
                  "The search ends after beam-size times this many finished texts")
      ->check(CLI::Range(0.1, 10.0))
      ->capture_default_str();
  command
      .add_option("--length-penalty", options.length_penalty,
                  "Texts rank by log-probability / length^penalty")
      ->check(CLI::Range(0.0, 10.0))
      ->capture_default_str();
  command
      .add_option("--temperature", flags.temperature,
                  "The first temperature tried; 0 = the most probable text")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "Seed of the sampling")->capture_default_str();
  command.add_option("--prompt,--initial-prompt", options.initial_prompt,
                     "Context for the beginning: names, style");
  command.add_option("--hotwords", options.hotwords, "Words to expect, for every window");
  command.add_flag("--vad", flags.vad, "Listen only where somebody speaks (voice activity detection)");
  command
      .add_option("--padding-step", options.padding_step,
                  "Compute every Nth row of the silence behind a short recording; 1 = all, as the references "
                  "do; 0 = by length")
      ->check(CLI::Range(0, 1500))
      ->capture_default_str();
  command.add_flag("!--no-previous-text", options.condition_on_previous_text,
                   "Do not use the text so far as context");
}

void add_transcribe_flags(CLI::App& command, TranscribeFlags& flags) {
  command.add_option("files", flags.files, "Recordings; - is standard input")
      ->required()
      ->type_name("FILE...");
  command
      .add_option("-m,--model,--speech-model", flags.model, "Speech model: a catalog name, file or folder")
      ->capture_default_str();
  add_hearing_flags(command, flags);
  add_device_flag(command, flags.device);
  command.add_flag("-w,--words", flags.options.word_timestamps, "Find when each word is said");
  command.add_flag("--no-timestamps", flags.no_timestamps, "Print plain text");
  command.add_flag("--output-txt", flags.output_txt, "Write FILE.txt (also -otxt)");
  command.add_flag("--output-srt", flags.output_srt, "Write FILE.srt (also -osrt)");
  command.add_flag("--output-vtt", flags.output_vtt, "Write FILE.vtt (also -ovtt)");
  command.add_flag("--output-json", flags.output_json, "Write FILE.json (also -oj)");
  command
      .add_option("--output-file", flags.output_file,
                  "Base name of the outputs, one recording only (also -of)")
      ->type_name("NAME");
}

generate::TranscribeOptions options_of(const TranscribeFlags& flags) {
  generate::TranscribeOptions options = flags.options;
  options.task =
      flags.task == "translate" ? generate::WhisperTask::kTranslate : generate::WhisperTask::kTranscribe;
  if (flags.temperature > 0) {
    std::erase_if(options.temperatures, [&](double t) { return t <= flags.temperature; });
    options.temperatures.insert(options.temperatures.begin(), flags.temperature);
  }
  if (!flags.output_file.empty() && flags.files.size() != 1) {
    throw Error(ErrorCode::kUsage, {.where = "--output-file",
                                    .expected = "one recording",
                                    .got = fmt::format("{}", flags.files.size()),
                                    .hint = "leave it out: each output is then named after its recording"});
  }
  return options;
}

}  // namespace auris::apps
