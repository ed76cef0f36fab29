// auris models: what the catalog offers and what is on this machine.

#include <fmt/format.h>

#include "apps/program.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

int list_models(const Program& program) {
  weights::Catalog catalog = weights::Catalog::load();
  for (const weights::CatalogEntry& entry : catalog.entries()) {
    bool present = entry.is_present();
    if (program.common.json) {
      print_json_line({{"name", entry.name},
                       {"kind", entry.kind},
                       {"bytes", entry.bytes()},
                       {"licence", entry.licence},
                       {"description", entry.description},
                       {"installed", present},
                       {"folder", present ? nlohmann::ordered_json(entry.folder().string()) : nlohmann::ordered_json()}});
    } else {
      print_line(fmt::format("{:24} {:16} {:7.1f} MB  {:12} {:13}  {}", entry.name, entry.kind,
                             static_cast<double>(entry.bytes()) / 1e6, entry.licence, present ? "installed" : "not installed",
                             entry.description));
    }
  }
  return 0;
}

}  // namespace

void add_models(Program& program) {
  program.add_command("models", "List the models of the catalog", [&program] { return list_models(program); });
}

}  // namespace auris::apps
