// auris inspect MODEL: what a model file or folder holds.

#include <fmt/format.h>

#include "apps/program.h"
#include "auris/models/registry.h"
#include "auris/weights/catalog.h"

namespace auris::apps {
namespace {

struct InspectFlags {
  std::string model;
  bool tensors = false;
};

nlohmann::ordered_json to_json(const models::ModelDescription& description) {
  nlohmann::ordered_json dtypes = nlohmann::ordered_json::array();
  for (const models::DTypeShare& share : description.dtypes) {
    dtypes.push_back(
        {{"dtype", name_of(share.dtype)}, {"tensors", share.tensors}, {"parameters", share.parameters}});
  }
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  for (const models::PartDescription& part : description.parts)
    parts.push_back({{"what", part.what}, {"path", part.path}});
  return {{"name", description.name},
          {"kind", models::name_of(description.kind)},
          {"family", description.family},
          {"format", weights::name_of(description.format)},
          {"parameters", description.parameters},
          {"dtypes", dtypes},
          {"context_length", description.context_length},
          {"licence", description.licence},
          {"inputs", description.inputs},
          {"outputs", description.outputs},
          {"parts", parts},
          {"notes", description.notes}};
}

void print_description(const models::ModelDescription& description) {
  auto row = [](std::string_view key, const std::string& value) {
    if (!value.empty()) print_line(fmt::format("{:14} {}", key, value));
  };
  row("name", description.name);
  row("kind", std::string(models::name_of(description.kind)));
  row("family", description.family);
  row("format", std::string(weights::name_of(description.format)));
  row("parameters", fmt::format("{:.1f} M", static_cast<double>(description.parameters) / 1e6));
  for (const models::DTypeShare& share : description.dtypes) {
    row("  " + std::string(name_of(share.dtype)),
        fmt::format("{} tensors, {:.2f} M parameters", share.tensors,
                    static_cast<double>(share.parameters) / 1e6));
  }
  if (description.context_length > 0) row("context", fmt::format("{} tokens", description.context_length));
  row("licence", description.licence);
  row("inputs", fmt::format("{}", fmt::join(description.inputs, ", ")));
  row("outputs", fmt::format("{}", fmt::join(description.outputs, ", ")));
  for (const models::PartDescription& part : description.parts) row(part.what, part.path);
  for (const std::string& note : description.notes) row("note", note);
}

int inspect(const Program& program, const InspectFlags& flags) {
  auto checkpoint = weights::open_checkpoint(weights::Catalog::load().resolve(flags.model));
  models::ModelDescription description = models::describe(*checkpoint);
  if (program.common.json) {
    nlohmann::ordered_json json = to_json(description);
    if (flags.tensors) {
      json["tensors"] = nlohmann::ordered_json::array();
      for (const weights::TensorInfo& info : checkpoint->tensors()) {
        json["tensors"].push_back(
            {{"name", info.name}, {"dtype", name_of(info.dtype)}, {"shape", info.shape.to_string()}});
      }
    }
    print_json_line(json);
    return 0;
  }
  print_description(description);
  if (!flags.tensors) return 0;
  for (const weights::TensorInfo& info : checkpoint->tensors()) {
    print_line(fmt::format("{:60} {:6} {}", info.name, name_of(info.dtype), info.shape.to_string()));
  }
  return 0;
}

}  // namespace

void add_inspect(Program& program) {
  auto flags = std::make_shared<InspectFlags>();
  CLI::App* command = program.add_command("inspect", "Describe a model file or folder",
                                          [&program, flags] { return inspect(program, *flags); });
  command->add_option("model", flags->model, "A catalog name, file or folder")
      ->required()
      ->type_name("MODEL");
  command->add_flag("--tensors", flags->tensors, "List every tensor");
}

}  // namespace auris::apps
