#include "auris/data/manifest/manifest.h"

#include <fstream>
#include <span>
#include <variant>

#include <fmt/format.h>

#include "auris/base/json_text.h"

namespace auris::data {
namespace {

constexpr size_t kMaxLineBytes = 1 << 20;
constexpr size_t kBufferBytes = 1 << 20;

// Like std::getline, but of a longer line only the beginning is kept.
bool next_line(std::istream& lines, std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  std::streambuf& bytes = *lines.rdbuf();
  int c = bytes.sbumpc();
  if (c == std::char_traits<char>::eof()) return false;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = bytes.sbumpc()) {
    if (line.size() < kMaxLineBytes) {
      line.push_back(static_cast<char>(c));
    } else {
      too_long = true;
    }
  }
  return true;
}

// The clip in a line, or why there is none.
std::variant<Clip, Rejection> clip_in(const std::string& line, bool too_long, const std::string& where,
                                      const std::string& number, std::unordered_set<std::string>& ids) {
  const std::string place = fmt::format("{}, {}", where, number);
  if (too_long) {
    return Rejection{number, "no_json",
                     fmt::format("{}: the line has more than {} bytes", place, kMaxLineBytes)};
  }
  const char* reason = "no_json";
  try {
    const nlohmann::json json = parse_json(line, place, ErrorCode::kInput, {.max_depth = 8});
    reason = "no_clip";
    Clip clip = clip_from(json, place);
    if (ids.insert(clip.id).second) return clip;
    return Rejection{clip.id, "repeated_id", fmt::format("{}: the id was there before", place)};
  } catch (const Error& error) {
    return Rejection{number, reason, error.what()};
  }
}

}  // namespace

ManifestCounts read_manifest(std::istream& lines, const std::string& where, const ClipSink& clip,
                             const RejectionSink& rejected) {
  ManifestCounts counts;
  std::unordered_set<std::string> ids;
  std::string line;
  bool too_long = false;
  while (next_line(lines, line, too_long)) {
    ++counts.lines;
    if (!too_long && line.find_first_not_of(" \t\r") == std::string::npos) {
      ++counts.blank;
      continue;
    }
    std::variant<Clip, Rejection> found =
        clip_in(line, too_long, where, fmt::format("line {}", counts.lines), ids);
    if (std::holds_alternative<Clip>(found)) {
      ++counts.clips;
      clip(std::get<Clip>(std::move(found)));
    } else {
      ++counts.rejected;
      rejected(std::get<Rejection>(std::move(found)));
    }
  }
  return counts;
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
