#pragma once
// What a source's reader works with: the folder, and where its clips and rejections go.

#include <filesystem>
#include <string>
#include <unordered_set>

#include "auris/data/manifest/manifest.h"
#include "auris/data/sources/lines.h"

namespace auris::data {

class Ingest {
 public:
  // Keeps references to the sinks.
  Ingest(std::string source, std::filesystem::path root, const ClipSink& clip, const RejectionSink& rejected);

  const std::filesystem::path& root() const { return root_; }

  // Completes the clip (audio; duration, source and id if they are empty; likewise its second recording,
  // whose path is given like `recording`; labels by their tasks' own names for them) and passes it on.
  // Rejected: a recording that is not there ("missing_file"), has a broken path ("broken_path"), cannot be
  // read
  // ("unreadable") or holds no sound ("no_sound"); an id that was there before ("repeated_id"); a label that
  // its task does not have for this source ("unknown_label"), and texts that are not UTF-8 ("no_utf8").
  void add(const std::filesystem::path& recording, Clip clip);
  void reject(std::string what, std::string reason, std::string detail);

  // A file or folder without which this is not the layout: kInput if it is missing.
  std::filesystem::path needed(const std::filesystem::path& relative) const;

  const ManifestCounts& counts() const { return counts_; }

 private:
  // Path and duration; false if the clip was rejected.
  bool complete(const std::filesystem::path& recording, Clip& clip);

  std::string source_;
  std::filesystem::path root_;
  const ClipSink& clip_;
  const RejectionSink& rejected_;
  std::unordered_set<std::string> ids_;
  ManifestCounts counts_;
};

// Files below `folder` whose names end in `ending`, sorted, relative to it; links to folders are not
// followed.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                               const std::string& ending);

}  // namespace auris::data
