// auris pull NAME...: brings models of the catalog onto this machine.

#include <fmt/format.h>

#include "apps/program.h"
#include "apps/progress_bar.h"
#include "auris/base/log.h"
#include "auris/weights/pull.h"

namespace auris::apps {
namespace {

int pull(const Program& program, const std::vector<std::string>& names) {
  weights::Catalog catalog = weights::Catalog::load();
  for (const std::string& name : names) {
    ProgressBar bar(program.common);
    weights::PullOptions options;
    options.offline = program.common.offline;
    options.progress = [&](const Progress& progress) {
      double fraction = progress.total_bytes > 0 ? static_cast<double>(progress.done_bytes) /
                                                       static_cast<double>(progress.total_bytes)
                                                 : -1;
      bar.update(fraction,
                 fmt::format("{}  {:.1f} MB", progress.name, static_cast<double>(progress.done_bytes) / 1e6));
      return !interrupted();
    };
    std::filesystem::path location = weights::pull(catalog, name, options);
    bar.clear();
    if (program.common.json) {
      print_json_line({{"name", name}, {"path", location.string()}});
    } else if (!program.common.quiet) {
      print_line(fmt::format("{}: {}", name, location.string()));
    }
  }
  return 0;
}

}  // namespace

void add_pull(Program& program) {
  auto names = std::make_shared<std::vector<std::string>>();
  CLI::App* command = program.add_command("pull", "Fetch models: catalog names, or hf:ORG/NAME[@REV][:FILE]",
                                          [&program, names] { return pull(program, *names); });
  command->add_option("names", *names, "Models to fetch (auris models lists them)")
      ->required()
      ->type_name("NAME...");
  command->footer(
      "Interrupted downloads continue where they stopped. HF_TOKEN, HF_ENDPOINT and HF_HOME are honoured.");
}

}  // namespace auris::apps
