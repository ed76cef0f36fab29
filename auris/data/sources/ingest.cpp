#include "auris/data/sources/ingest.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>
#include <zlib.h>

#include "auris/audio/audio_reader.h"
#include "auris/base/error.h"

namespace auris::data {
namespace {

namespace fs = std::filesystem;

// What the container says, or what decoding finds if it says nothing.
double duration_of(const fs::path& path) {
  audio::AudioReader reader(path, {.sample_rate_hz = 0});
  if (reader.declared_s() > 0) return reader.declared_s();
  std::vector<float> block(1 << 16);
  while (reader.read(block) > 0) {
  }
  return reader.report().duration_s;
}

}  // namespace

Ingest::Ingest(std::string source, fs::path root, const ClipSink& clip, const RejectionSink& rejected)
    : source_(std::move(source)),
      root_(fs::absolute(root).lexically_normal()),
      clip_(clip),
      rejected_(rejected) {}

void Ingest::add(const fs::path& recording, Clip clip) {
  if (clip.id.empty()) clip.id = source_ + "/" + recording.generic_string();
  if (recording.string().find('\\') != std::string::npos) {
    return reject(clip.id, "broken_path",
                  fmt::format("{} has backslashes between folders", quoted(recording.string())));
  }
  const fs::path path = (root_ / recording).lexically_normal();
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) {
    return reject(clip.id, "missing_file", fmt::format("there is no {}", quoted(path.string())));
  }
  if (clip.duration_s == 0) {
    try {
      clip.duration_s = duration_of(path);
    } catch (const Error& error) {
      return reject(clip.id, "unreadable", error.what());
    }
  }
  if (!(clip.duration_s > 0))
    return reject(clip.id, "no_sound", fmt::format("{} holds no sound", quoted(path.string())));
  if (!ids_.insert(clip.id).second) return reject(clip.id, "repeated_id", "the id was there before");
  clip.duration_s = std::max(1e-6, std::round(clip.duration_s * 1e6) / 1e6);  // a text of few digits
  clip.audio = path.generic_string();
  clip.source = source_;
  ++counts_.lines;
  ++counts_.clips;
  clip_(std::move(clip));
}

void Ingest::reject(std::string what, std::string reason, std::string detail) {
  ++counts_.lines;
  ++counts_.rejected;
  rejected_({.what = std::move(what), .reason = std::move(reason), .detail = std::move(detail)});
}

fs::path Ingest::needed(const fs::path& relative) const {
  fs::path path = root_ / relative;
  if (fs::exists(path)) return path;
  throw Error(ErrorCode::kInput, {.where = source_,
                                  .expected = fmt::format("a folder with {}", quoted(relative.string())),
                                  .got = quoted(root_.string()),
                                  .hint = "give the folder that holds it"});
}

std::vector<fs::path> files_below(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(ending)) {
      files.push_back(entry.path().lexically_relative(folder));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> lines_of(const fs::path& path) {
  constexpr size_t kMaxBytes = size_t{1} << 30;
  const auto fail = [&](const char* got) {
    throw Error(ErrorCode::kInput, {.where = quoted(path.string()),
                                    .expected = "a text file of at most 1 GiB, plain or gzip",
                                    .got = got,
                                    .hint = ""});
  };
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), &gzclose);
  if (!file) fail("none that can be opened");
  std::vector<std::string> lines;
  std::string line, block(1 << 16, '\0');
  size_t total = 0;
  for (int count = 0; (count = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()))) != 0;) {
    if (count < 0) fail("a damaged one");
    total += static_cast<size_t>(count);
    if (total > kMaxBytes) fail("more");
    for (char c : std::string_view(block).substr(0, static_cast<size_t>(count))) {
      if (c != '\n') {
        line.push_back(c);
        continue;
      }
      if (line.ends_with('\r')) line.pop_back();
      lines.push_back(std::move(line));
      line.clear();
    }
  }
  if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin));
}

}  // namespace auris::data
