#pragma once
// Data sets in the layout they are published in, read into clips. A source knows only its layout: where
// recordings lie, where their texts and labels stand, what its names mean. Whether a recording is any good is
// the audit's question.

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "auris/data/manifest/manifest.h"
#include "auris/data/sources/ingest.h"

namespace auris::data {

struct SourceLayout {
  std::string_view name;         // "librispeech"
  std::string_view description;  // one line
  std::string_view usual_path;   // where a Debian package puts it; empty if there is none
  void (*ingest)(Ingest& ingest);
};

std::span<const SourceLayout> source_layouts();
// kUsage with the nearest names.
const SourceLayout& source_named(std::string_view name);

// Reads `root` into clips, each with the absolute path of its recording, and what cannot be used into
// rejections. kInput if `root` is not a folder in this layout at all.
ManifestCounts ingest_source(const SourceLayout& layout, const std::filesystem::path& root,
                             const ClipSink& clip, const RejectionSink& rejected);

}  // namespace auris::data
