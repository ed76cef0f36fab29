// auris data respond: a language model answers what is said in clips.

#include <fmt/format.h>

#include "apps/data_commands.h"
#include "apps/device_flag.h"
#include "apps/progress_bar.h"
#include "apps/work_rate.h"
#include "auris/base/share.h"
#include "auris/data/teacher/teacher.h"

namespace auris::apps {
namespace {

struct RespondFlags {
  std::string manifest, output, share = "0/1";
  std::string model = engine::EngineOptions().language_model;
  std::string device = "cpu";
  data::TeacherOptions teacher;
};

int respond(const Program& program, const RespondFlags& flags) {
  const Share share = share_of(flags.share, "data respond");
  const data::Teacher teacher(engine::Engine::load({.language_model = flags.model, .device = flags.device}),
                              flags.teacher);
  ProgressBar bar(program.common);
  const WorkRate rate;
  const data::RespondReport report =
      data::respond(flags.manifest, flags.output, teacher, {.share = share, .progress = [&](int64_t done) {
                                                              bar.update(-1, fmt::format("{} clips", done));
                                                              return !interrupted();
                                                            }});
  bar.clear();
  rate.print(report.clips - report.resumed, "clips", program.common.quiet);
  if (program.common.json) {
    print_json_line({{"folder", flags.output},
                     {"clips", report.clips},
                     {"answers", report.answers},
                     {"resumed", report.resumed},
                     {"truncated", report.truncated},
                     {"tokens", report.tokens},
                     {"rejected_lines", report.rejected_lines},
                     {"rejected", report.rejected},
                     {"seconds", rate.seconds()}});
    return 0;
  }
  print_line(fmt::format("{}: {} answers to {} clips, {} cut at the limit of tokens", flags.output,
                         report.answers, report.clips, report.truncated));
  if (report.rejected_lines > 0)
    print_line(fmt::format("  {:16} {}", "manifest lines", report.rejected_lines));
  for (const auto& [reason, count] : report.rejected) print_line(fmt::format("  {:16} {}", reason, count));
  return 0;
}

}  // namespace

void add_data_respond(Program& program, CLI::App* group) {
  auto flags = std::make_shared<RespondFlags>();
  CLI::App* command = program.add_command(
      "respond", "Let a language model answer the texts of clips, as targets for training",
      [&program, flags] { return respond(program, *flags); }, group);
  data::TeacherOptions& teacher = flags->teacher;
  command->add_option("manifest", flags->manifest, "Manifest, JSON lines")->required()->type_name("FILE");
  command->add_option("-o,--output", flags->output, "Folder for answers and their logits")
      ->required()
      ->type_name("FOLDER");
  command->add_option("-m,--model", flags->model, "Language model")->capture_default_str();
  add_device_flag(*command, flags->device);
  command->add_option("--prompt", teacher.prompt, "What it is asked; {text} stands for the clip's text")
      ->capture_default_str();
  command->add_option("--system", teacher.system, "System message; default: the model's own")
      ->type_name("TEXT");
  command->add_option("--top", teacher.top, "Likeliest tokens kept of each token's logits")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--max-tokens", teacher.max_tokens, "Longest answer")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--temperature", teacher.temperature, "0 = the likeliest answer")
      ->check(CLI::Range(0.0, 2.0))
      ->capture_default_str();
  command->add_option("--seed", teacher.seed, "Of what is sampled")->capture_default_str();
  command->add_option("--shard", flags->share, "Only part i of n, for several processes")
      ->type_name("i/n")
      ->capture_default_str();
  command->footer(
      "What was interrupted goes on with the same command; a recipe names the folders in `responses`. "
      "Example: "
      "auris data respond prompts.jsonl -o answers");
}

}  // namespace auris::apps
