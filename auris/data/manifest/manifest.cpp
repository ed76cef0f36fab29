#include "auris/data/manifest/manifest.h"

#include <fstream>
#include <span>

#include "auris/base/json_text.h"
#include "auris/data/manifest/records.h"

namespace auris::data {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

}  // namespace

ManifestCounts read_manifest(std::istream& lines, const std::string& where, const ClipSink& clip,
                             const RejectionSink& rejected) {
  const RecordCounts counts = read_records(lines, where, "no_clip", clip_from, clip, rejected);
  return {.lines = counts.lines, .clips = counts.records, .rejected = counts.rejected, .blank = counts.blank};
}

ManifestCounts read_manifest(const std::filesystem::path& path, const ClipSink& clip,
                             const RejectionSink& rejected) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    throw Error(ErrorCode::kInput, {.where = "manifest",
                                    .expected = "a file that can be read",
                                    .got = quoted(path.string()),
                                    .hint = "`auris data ingest` makes one"});
  }
  return read_manifest(file, path.filename().string(), clip, rejected);
}

std::filesystem::path audio_path(const Clip& clip, const std::filesystem::path& folder) {
  return folder / clip.audio;
}

void ManifestWriter::add(const Clip& clip) {
  if (!ids_.insert(clip.id).second) {
    throw Error(ErrorCode::kUsage,
                {.where = "manifest", .expected = "every id once", .got = quoted(clip.id), .hint = ""});
  }
  buffer_ += json_line(to_json(clip));
  buffer_ += '\n';
  if (buffer_.size() >= kBufferBytes) flush();
}

void ManifestWriter::flush() {
  file_.write(std::as_bytes(std::span(buffer_)));
  buffer_.clear();
}

void ManifestWriter::commit() {
  flush();
  file_.commit();
}

}  // namespace auris::data
