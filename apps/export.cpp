// auris export MODEL FILE.gguf: a language model for other programs.

#include <fmt/format.h>

#include "apps/program.h"
#include "apps/progress_bar.h"
#include "auris/export/gguf_tensor_types.h"
#include "auris/export/language_model_gguf.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

struct ExportFlags {
  std::string model, file;
  std::string type = "f16";
  std::string name;
};

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const auto& [type, name] : models::kGgufTypes) names.emplace_back(name);
  return names;
}

nlohmann::ordered_json to_json(const ExportFlags& flags, const models::GgufExportReport& report) {
  nlohmann::ordered_json types = nlohmann::ordered_json::object();
  for (const auto& [type, tensors] : report.tensors_by_type) types[std::string(name_of(type))] = tensors;
  return {{"file", flags.file},        {"architecture", report.architecture},
          {"type", flags.type},        {"merged_adapter", report.merged_adapter},
          {"tensors", report.tensors}, {"tensors_by_type", types},
          {"bytes", report.bytes}};
}

std::string sentence_of(const ExportFlags& flags, const models::GgufExportReport& report) {
  std::string types;
  for (const auto& [type, tensors] : report.tensors_by_type)
    types += fmt::format("{}{} in {}", types.empty() ? "" : ", ", tensors, name_of(type));
  return fmt::format("{}: {:.1f} MB, {} tensors ({}){}", flags.file, static_cast<double>(report.bytes) / 1e6,
                     report.tensors, types, report.merged_adapter ? ", with the model's adapter" : "");
}

int export_model(const Program& program, const ExportFlags& flags) {
  const auto catalog = weights::Catalog::load();
  const weights::CatalogEntry* known = catalog.find(flags.model);
  ProgressBar bar(program.common);
  const models::GgufExportOptions options{.type = *value_in(models::kGgufTypes, flags.type),
                                          .name = flags.name,
                                          .licence = known != nullptr ? known->licence : "",
                                          .progress = [&](int64_t done, int64_t all) {
                                            bar.update(static_cast<double>(done) / static_cast<double>(all),
                                                       "writing");
                                            return !interrupted();
                                          }};
  const models::GgufExportReport report =
      models::export_gguf(catalog.resolve(flags.model), flags.file, options);
  bar.clear();
  if (program.common.json) {
    print_json_line(to_json(flags, report));
  } else {
    print_line(sentence_of(flags, report));
  }
  return 0;
}

}  // namespace

void add_export(Program& program) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command = program.add_command(
      "export", "Write a language model as a GGUF file, which llama.cpp loads too (docs/export.md)",
      [&program, flags] { return export_model(program, *flags); });
  command
      ->add_option(
          "model", flags->model,
          "A catalog name, file or folder; of a model that hears, its language model with the adapter")
      ->required()
      ->type_name("MODEL");
  command->add_option("file", flags->file, "The GGUF file to write")->required()->type_name("FILE");
  command->add_option("--type", flags->type, "Of the matrices; some keep more precision, as in llama.cpp")
      ->check(CLI::IsMember(type_names()))
      ->capture_default_str();
  command->add_option("--name", flags->name, "Name in the file; the model's own without this")
      ->type_name("TEXT");
}

}  // namespace auris::apps
