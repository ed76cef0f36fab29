#pragma once
// Brings the files of a model onto this machine.

#include <filesystem>
#include <string_view>

#include "auris/base/progress.h"
#include "auris/weights/catalog.h"

namespace auris::weights {

struct PullOptions {
  bool offline = false;  // touch no network: only check what is there
  ProgressCallback progress{};
};

// Fetches what is missing or damaged of a model of the catalog into its folder, and returns the folder. Each
// file is put together, compared with its size and SHA-256, and only then appears under its name; an
// interrupted pull continues where it stopped; of a shipped model only the hashes are compared. Two pulls of
// one model wait for each other. Throws kNetwork, kModel (no room; incomplete while offline) or kCancelled.
std::filesystem::path pull(const CatalogEntry& entry, const PullOptions& options = {});

// A name or alias of the catalog, with the models that it needs, or "hf:ORG/NAME[@REV][:FILE]". Returns what
// Catalog::resolve will.
std::filesystem::path pull(const Catalog& catalog, std::string_view name, const PullOptions& options = {});

}  // namespace auris::weights
