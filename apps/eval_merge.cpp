// auris eval merge: predictions of several processes in one file.

#include <fmt/format.h>

#include "apps/eval_commands.h"
#include "auris/eval/run/merge.h"

namespace auris::apps {
namespace {

struct MergeFlags {
  std::string data, output;
  std::vector<std::string> parts;
  bool partial = false;
};

int merge(const Program& program, const MergeFlags& flags) {
  const data::ShardReader data(flags.data);
  const eval::MergeReport report = eval::merge_predictions(data, {flags.parts.begin(), flags.parts.end()},
                                                           flags.output, {.partial = flags.partial});
  if (program.common.json) {
    print_json_line({{"predictions", flags.output},
                     {"parts", flags.parts.size()},
                     {"items", report.items},
                     {"answered", report.answered},
                     {"failed", report.failed},
                     {"missing", report.missing.size()},
                     {"missing_items", report.missing},
                     {"damaged", report.damaged},
                     {"read", report.predictions},
                     {"written", report.written},
                     {"repeated", report.repeated},
                     {"unused", report.unused},
                     {"damaged_lines", report.damaged_lines}});
    return 0;
  }
  print_line(fmt::format("{}: {} items: {} answered, {} failed, {} missing, {} damaged", flags.output,
                         report.items, report.answered, report.failed, report.missing.size(),
                         report.damaged));
  print_line(fmt::format(
      "  {} predictions read: {} written, {} repeated, {} of other settings or items; {} damaged lines",
      report.predictions, report.written, report.repeated, report.unused, report.damaged_lines));
  if (program.common.verbose) {
    for (const std::string& item : report.missing) print_line("  missing: " + item);
  }
  return 0;
}

}  // namespace

void add_eval_merge(Program& program, CLI::App* group) {
  auto flags = std::make_shared<MergeFlags>();
  CLI::App* command = program.add_command(
      "merge", "Join the predictions of several processes",
      [&program, flags] { return merge(program, *flags); }, group);
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("parts", flags->parts, "Files of auris eval run --shard i/n")
      ->required()
      ->type_name("FILE...");
  command->add_option("-o,--output", flags->output, "New file of predictions")->required()->type_name("FILE");
  command->add_flag("--partial", flags->partial,
                    "Allow items without a prediction (--limit and --task leave them; -v names them)");
  command->footer(
      "No item may have two answers, and none may be missing. Example:\n"
      "  auris eval run eval -o part0.jsonl --shard 0/2 & auris eval run eval -o part1.jsonl --shard 1/2\n"
      "  auris eval merge eval part0.jsonl part1.jsonl -o cascade.jsonl");
}

}  // namespace auris::apps
