#pragma once
// What a source's reader works with: the folder, and where its clips and rejections go.

#include <filesystem>
#include <string>
#include <unordered_set>

#include "auris/data/manifest/manifest.h"

namespace auris::data {

class Ingest {
 public:
  // Keeps references to the sinks.
  Ingest(std::string source, std::filesystem::path root, const ClipSink& clip, const RejectionSink& rejected);

  const std::filesystem::path& root() const { return root_; }

  // Completes the clip (audio, duration, source; id from `recording` if it is empty) and passes it on.
  // Rejected: a recording that is not there ("missing_file"), has a broken path ("broken_path"), cannot be
  // read ("unreadable") or holds no sound ("no_sound"), and an id that was there before ("repeated_id").
  void add(const std::filesystem::path& recording, Clip clip);
  void reject(std::string what, std::string reason, std::string detail);

  // A file or folder without which this is not the layout: kInput if it is missing.
  std::filesystem::path needed(const std::filesystem::path& relative) const;

  const ManifestCounts& counts() const { return counts_; }

 private:
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

// The lines of a text file, without their ends; gzip is unpacked. kInput if it cannot be read or is over 1
// GiB.
std::vector<std::string> lines_of(const std::filesystem::path& path);

// Without blanks at its ends.
std::string trimmed(std::string_view text);

}  // namespace auris::data
