// auris data speak: a list of texts becomes recordings by programs that speak.

#include <fmt/format.h>

#include "apps/data_commands.h"
#include "apps/progress_bar.h"
#include "auris/data/synthesis/text_list.h"

namespace auris::apps {
namespace {

struct SpeakFlags {
  std::string list, folder;
  data::SpeakOptions options;
};

int list_voices(const Program& program) {
  for (const data::Voice& voice : data::synthetic_voices()) {
    if (program.common.json) {
      print_json_line({{"id", voice.id},
                       {"language", voice.language},
                       {"gender", voice.gender},
                       {"accent", voice.accent},
                       {"package", voice.package}});
    } else {
      print_line(fmt::format("{:28} {:3} {:7} {:22} {}", voice.id, voice.language, voice.gender, voice.accent,
                             voice.package));
    }
  }
  return 0;
}

int speak(const Program& program, const SpeakFlags& flags) {
  const std::filesystem::path folder = flags.folder;
  AtomicFile rejections(folder / "rejected.jsonl", ErrorCode::kInput);
  ProgressBar bar(program.common);
  data::SpeakOptions options = flags.options;
  options.progress = [&](int64_t clips) {
    bar.update(0, fmt::format("{} clips", clips));
    return !interrupted();
  };
  const data::SpeakReport report = data::speak_texts(
      flags.list, folder, options,
      [&](const data::Rejection& rejection) { write_json_line(rejections, data::to_json(rejection)); });
  rejections.commit();
  bar.clear();
  const std::string manifest = (folder / "clips.jsonl").string();
  if (program.common.json) {
    print_json_line({{"manifest", manifest},
                     {"lines", report.lines},
                     {"texts", report.texts},
                     {"rejected", report.rejected},
                     {"clips", report.clips},
                     {"reused", report.reused},
                     {"hours", report.seconds / 3600}});
  } else {
    print_line(fmt::format("{}: {} clips of {} texts, {:.2f} hours; {} rejected", manifest, report.clips,
                           report.texts, report.seconds / 3600, report.rejected));
  }
  return 0;
}

}  // namespace

void add_data_speak(Program& program, CLI::App* group) {
  program.add_command(
      "voices", "List the voices of programs that speak", [&program] { return list_voices(program); }, group);
  auto flags = std::make_shared<SpeakFlags>();
  CLI::App* command = program.add_command(
      "speak", "Have texts spoken by programs, as clips with known labels",
      [&program, flags] { return speak(program, *flags); }, group);
  command->add_option("list", flags->list, "Texts, JSON lines: id, text, language, labels, questions, ...")
      ->required()
      ->type_name("FILE");
  command->add_option("-o,--output", flags->folder, "Folder for recordings and their manifest, clips.jsonl")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--voices", flags->options.voices, "Who speaks; auris data voices lists them")
      ->delimiter(',')
      ->type_name("VOICE,...");
  command->add_option("--voices-per-text", flags->options.voices_per_text, "Voices that speak each text")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--slowest", flags->options.slowest, "Times the usual speed")->capture_default_str();
  command->add_option("--fastest", flags->options.fastest, "Times the usual speed")->capture_default_str();
  command->add_option("--lowest", flags->options.lowest, "Times the usual pitch")->capture_default_str();
  command->add_option("--highest", flags->options.highest, "Times the usual pitch")->capture_default_str();
  command->add_option("--seed", flags->options.seed, "Chooses voices, rates and pitches")
      ->capture_default_str();
  command->footer("Example: auris data speak requests.jsonl -o requests --voices-per-text 2");
}

}  // namespace auris::apps
