#include "auris/text/chat_template/stored_template.h"

#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"

namespace auris::text {
namespace {

using nlohmann::json;

std::string template_in(const json& config) {
  const auto found = config.find("chat_template");
  if (found == config.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (!found->is_array()) return "";
  for (const json& entry : *found) {
    if (entry.is_object() && entry.value("name", json()) == "default" &&
        entry.value("template", json()).is_string()) {
      return entry["template"].get<std::string>();
    }
  }
  return "";
}

}  // namespace

std::string stored_chat_template(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "chat_template.jinja")) {
    const auto file = MappedFile::open(folder / "chat_template.jinja", ErrorCode::kModel);
    return {reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()};
  }
  const std::filesystem::path config = folder / "tokenizer_config.json";
  if (!std::filesystem::is_regular_file(config)) return "";
  return template_in(read_json_file(config, ErrorCode::kModel));
}

}  // namespace auris::text
