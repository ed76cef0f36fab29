// auris data export: built data in forms that other systems read.

#include <fmt/format.h>

#include "apps/data_commands.h"
#include "apps/progress_bar.h"
#include "auris/data/export/llaso.h"

namespace auris::apps {
namespace {

int export_data(const Program& program, const std::string& data, const std::string& output) {
  ProgressBar bar(program.common);
  const data::LlasoReport report = data::export_llaso(data, output, [&](int64_t done, int64_t all) {
    bar.update(static_cast<double>(done) / static_cast<double>(all),
               fmt::format("{} of {} items", done, all));
    return !interrupted();
  });
  bar.clear();
  if (program.common.json) {
    print_json_line({{"folder", output}, {"items", report.items}, {"files", report.files}});
    return 0;
  }
  print_line(fmt::format("{}: {} items in {} files", output, report.items, report.files.size()));
  for (const auto& [name, items] : report.files) print_line(fmt::format("  {:6} {}", items, name));
  return 0;
}

}  // namespace

void add_data_export(Program& program, CLI::App* group) {
  struct Flags {
    std::string form, data, output;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_command(
      "export", "Write a built data set in another form",
      [&program, flags] { return export_data(program, flags->data, flags->output); }, group);
  command->add_option("form", flags->form, "llaso: JSON and WAV files as LLaSO published its own")
      ->required()
      ->check(CLI::IsMember({"llaso"}));
  command->add_option("data", flags->data, "Folder of the data set")->required()->type_name("FOLDER");
  command->add_option("-o,--output", flags->output, "Folder to write")->required()->type_name("FOLDER");
  command->footer("Example: auris data export llaso eval -o llaso-eval");
}

}  // namespace auris::apps
