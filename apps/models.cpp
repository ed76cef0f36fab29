// auris models: what the catalog offers and what is on this machine.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apps/program.h"
#include "auris/base/cache_folder.h"
#include "auris/models/registry.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

struct Row {
  std::string name, kind, licence, description, folder;
  uint64_t bytes = 0;
};

void print_row(const Row& row, bool json) {
  bool present = !row.folder.empty();
  if (json) {
    print_json_line({{"name", row.name},
                     {"kind", row.kind},
                     {"bytes", row.bytes},
                     {"licence", row.licence},
                     {"description", row.description},
                     {"installed", present},
                     {"folder", present ? nlohmann::ordered_json(row.folder) : nlohmann::ordered_json()}});
  } else {
    print_line(fmt::format("{:24} {:20} {:7.1f} MB  {:12} {:13}  {}", row.name, row.kind,
                           static_cast<double>(row.bytes) / 1e6, row.licence,
                           present ? "installed" : "not installed", row.description));
  }
}

uint64_t bytes_below(const std::filesystem::path& folder) {
  uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& file : std::filesystem::recursive_directory_iterator(folder, ignored)) {
    if (file.is_regular_file(ignored)) bytes += file.file_size(ignored);
  }
  return bytes;
}

// Models that somebody put into the model cache by hand.
std::vector<Row> rows_beside_the_catalog(const weights::Catalog& catalog) {
  std::vector<Row> rows;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(model_folder(), ignored)) {
    std::string name = entry.path().filename().string();
    if (!entry.is_directory(ignored) || catalog.find(name) != nullptr) continue;
    try {
      models::ModelDescription model = models::describe(entry.path());
      if (model.kind == models::ModelKind::kUnknown) continue;
      std::string kind(models::name_of(model.kind));
      std::replace(kind.begin(), kind.end(), ' ', '-');
      rows.push_back({name, kind, model.licence, model.family + ", not of the catalog", entry.path().string(),
                      bytes_below(entry.path())});
    } catch (const Error&) {  // no model, or an unfinished one
    }
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.name < b.name; });
  return rows;
}

int list_models(const Program& program) {
  weights::Catalog catalog = weights::Catalog::load();
  for (const weights::CatalogEntry& entry : catalog.entries()) {
    std::string folder = entry.is_present() ? entry.folder().string() : "";
    print_row({entry.name, entry.kind, entry.licence, entry.description, folder, entry.bytes()},
              program.common.json);
  }
  for (const Row& row : rows_beside_the_catalog(catalog)) print_row(row, program.common.json);
  return 0;
}

}  // namespace

void add_models(Program& program) {
  program.add_command("models", "List the models of the catalog and of the model cache",
                      [&program] { return list_models(program); });
}

}  // namespace auris::apps
