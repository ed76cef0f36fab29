#pragma once
// A list of clips in a file of JSON lines, one clip each. Lines that are no clips are not lost: each is
// rejected with its number and the reason, and clips + rejected + blank lines are always all lines.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <istream>
#include <string>
#include <unordered_set>
#include <vector>

#include "auris/base/atomic_file.h"
#include "auris/data/manifest/clip.h"
#include "auris/data/manifest/rejections.h"

namespace auris::data {

struct ManifestCounts {
  int64_t lines = 0, clips = 0, rejected = 0, blank = 0;
};

using ClipSink = std::function<void(Clip clip)>;

// In the order of the file, one line in memory at a time. `where` names it in messages. Rejected: lines that
// are no JSON
// ("no_json"), no clips ("no_clip"), or clips whose id was there before ("repeated_id"). kInput only if it
// cannot be read.
ManifestCounts read_manifest(std::istream& lines, const std::string& where, const ClipSink& clip,
                             const RejectionSink& rejected);
ManifestCounts read_manifest(const std::filesystem::path& path, const ClipSink& clip,
                             const RejectionSink& rejected);

// The audio file of a clip in a manifest that lies in `folder`.
std::filesystem::path audio_path(const Clip& clip, const std::filesystem::path& folder);

// Writes a manifest that appears when it is whole.
class ManifestWriter {
 public:
  explicit ManifestWriter(std::filesystem::path path) : file_(std::move(path), ErrorCode::kInput) {}

  // kUsage for an id that is there already.
  void add(const Clip& clip);
  int64_t clips() const { return static_cast<int64_t>(ids_.size()); }
  void commit();

 private:
  void flush();

  AtomicFile file_;
  std::string buffer_;
  std::unordered_set<std::string> ids_;
};

}  // namespace auris::data
