// auris eval report: figures of several systems as a page, as JSON and as Markdown.

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "apps/progress_bar.h"
#include "auris/eval/report/report.h"

namespace auris::apps {
namespace {

struct ReportFlags {
  std::string data, output;
  std::vector<std::string> predictions, judgements;
  int64_t items = eval::ReportOptions().max_items;
  int64_t sound_megabytes = eval::ReportOptions().max_sound_bytes >> 20;
};

int report(const Program& program, const ReportFlags& flags) {
  ProgressBar bar(program.common);
  eval::AnswersOfSystems answers = eval::read_answers_of_systems(
      flags.data, {flags.predictions.begin(), flags.predictions.end()}, [&](int64_t done, int64_t all) {
        bar.update(static_cast<double>(done) / static_cast<double>(std::max<int64_t>(all, 1)),
                   fmt::format("{} of {} items", done, all));
        return !interrupted();
      });
  bar.clear();
  eval::add_grades(answers, {flags.judgements.begin(), flags.judgements.end()});
  const eval::ReportOptions options{.max_items = flags.items, .max_sound_bytes = flags.sound_megabytes << 20};
  eval::write_report(flags.output, answers, options);
  const std::string page = (std::filesystem::path(flags.output) / "report.html").string();
  if (program.common.json) {
    print_json_line({{"page", page},
                     {"systems", answers.systems.size()},
                     {"items", answers.systems.front().items.size()},
                     {"damaged", answers.damaged}});
  } else {
    print_line(fmt::format("{}: {} systems, {} items, {} damaged", page, answers.systems.size(),
                           answers.systems.front().items.size(), answers.damaged));
  }
  return 0;
}

}  // namespace

void add_eval_report(Program& program, CLI::App* group) {
  auto flags = std::make_shared<ReportFlags>();
  CLI::App* command = program.add_command(
      "report", "Write a report on systems: a page with charts, JSON, Markdown",
      [&program, flags] { return report(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("predictions", flags->predictions, "Files of auris eval run, one for each system")
      ->required()
      ->type_name("FILE...");
  command->add_option("-o,--output", flags->output, "Folder for report.html, report.json and report.md")
      ->required()
      ->type_name("FOLDER");
  command
      ->add_option("--judgements", flags->judgements,
                   "Files of auris eval judge, of one judge: grades of any of the systems' answers")
      ->type_name("FILE...");
  command->add_option("--items", flags->items, "At most so many items in the page, the worst ones first")
      ->check(CLI::Range(0, 1000000))
      ->capture_default_str();
  command
      ->add_option("--sounds", flags->sound_megabytes, "At most so many megabytes of recordings in the page")
      ->check(CLI::Range(0, 1024))
      ->type_name("MB")
      ->capture_default_str();
  command->footer("Example: auris eval report eval cascade.jsonl oracle.jsonl -o report");
}

}  // namespace auris::apps
