// auris data croissant: a description of a built data set for other tools.

#include <fmt/format.h>

#include "apps/data_commands.h"
#include "auris/data/provenance/croissant.h"

namespace auris::apps {
namespace {

int describe(const Program& program, const std::string& folder, const data::CroissantOptions& options) {
  const data::CroissantReport report = data::write_croissant(folder, options);
  if (program.common.json) {
    print_json_line({{"folder", folder},
                     {"items", report.items},
                     {"clips", report.clips},
                     {"without_licence", report.without_licence},
                     {"without_origin", report.without_origin},
                     {"without_hash", report.without_hash},
                     {"unknown_consent", report.unknown_consent},
                     {"synthetic", report.synthetic}});
    return 0;
  }
  print_line(fmt::format("{}/croissant.json, clips.jsonl: {} items, {} clips, {} of them synthetic", folder,
                         report.items, report.clips, report.synthetic));
  const auto missing = [](int64_t clips, const char* what) {
    if (clips > 0) print_line(fmt::format("  {} clips {}", clips, what));
  };
  missing(report.without_licence, "without a licence");
  missing(report.without_origin, "without an origin");
  missing(report.without_hash, "without a hash");
  missing(report.unknown_consent, "of which consent is not known");
  return 0;
}

}  // namespace

void add_data_croissant(Program& program, CLI::App* group) {
  struct Flags {
    std::string folder;
    data::CroissantOptions options;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App* command = program.add_command(
      "croissant", "Describe a built data set in MLCommons' Croissant, with the provenance of every clip",
      [&program, flags] { return describe(program, flags->folder, flags->options); }, group);
  command->add_option("data", flags->folder, "Folder of the data set; the description is put there")
      ->required()
      ->type_name("FOLDER");
  command->add_option("--name", flags->options.name, "Name of the data set; default: the folder's")
      ->type_name("TEXT");
  command->add_option("--description", flags->options.description, "What it is")->type_name("TEXT");
  command->add_option("--data-version", flags->options.version, "Its version")->capture_default_str();
  command->add_option("--url", flags->options.url, "Where it is published")->type_name("URL");
  command->footer("Example: auris data croissant eval --name prompts-eval");
}

}  // namespace auris::apps
