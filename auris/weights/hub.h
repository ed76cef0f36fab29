#pragma once
// Repositories of the Hugging Face hub and its cache on this machine, which other programs share:
//   <cache>/models--ORG--NAME/{refs/REV, blobs/ETAG, snapshots/COMMIT/FILE -> ../../blobs/ETAG}
// <cache> is $HF_HUB_CACHE, else $HF_HOME/hub, else $XDG_CACHE_HOME/huggingface/hub, else
// ~/.cache/huggingface/hub. $HF_ENDPOINT names another hub, $HF_TOKEN signs requests. Protocol:
// huggingface_hub's file_download.py.

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auris/base/progress.h"

namespace auris::weights {

struct HubReference {
  std::string repository{};  // "org/name"
  std::string revision = "main";
  std::string file{};  // empty = what a model needs of the whole repository

  // "hf:org/name[@revision][:file]". Throws kUsage.
  static HubReference parse(std::string_view text);
};

std::filesystem::path hub_cache_folder();

// The snapshot's folder, or the file in it; empty if it is not in the cache.
std::filesystem::path cached_hub_path(const HubReference& reference);

// Which files of a repository Auris needs, in the order to fetch them: configuration and tokenizer first,
// weights later, a sharded index last, so that a folder with weights (or an index) is whole. Throws kModel if
// there are no weights that Auris reads, or several to choose from.
std::vector<std::string> needed_files(const std::string& repository, std::span<const std::string> files);

struct HubOptions {
  bool offline = false;  // only what is in the cache
  ProgressCallback progress{};
};

// Brings the files into the cache and returns what cached_hub_path does. Throws kNetwork, kModel, kCancelled.
std::filesystem::path pull_hub(const HubReference& reference, const HubOptions& options);

}  // namespace auris::weights
