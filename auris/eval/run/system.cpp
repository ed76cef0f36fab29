#include "auris/eval/run/system.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "auris/base/error.h"
#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"

namespace auris::eval {
namespace {

namespace fs = std::filesystem;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Lengths keep neighbours apart.
void add_text(Sha256& hash, std::string_view text) {
  const std::string length = std::to_string(text.size()) + ":";
  hash.update(bytes_of(length));
  hash.update(bytes_of(text));
}

}  // namespace

std::string prediction_key(const nlohmann::ordered_json& settings, const data::Item& item,
                           const audio::AudioClip& recording) {
  Sha256 hash;
  add_text(hash, json_line(settings));
  add_text(hash, fmt::format("{}/{}/{}", item.task, item.variant, item.task_version));
  add_text(hash, item.prompt);
  add_text(hash, std::to_string(recording.sample_rate_hz));
  hash.update(std::as_bytes(std::span(recording.samples)));
  return hash.hex_digest();
}

std::string model_fingerprint(const fs::path& file_or_folder) {
  constexpr size_t kEnd = 1 << 20;
  std::vector<fs::path> files;
  if (fs::is_directory(file_or_folder)) {
    for (const auto& entry : fs::recursive_directory_iterator(file_or_folder)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.push_back(file_or_folder);
  }
  if (files.empty()) {
    throw Error(ErrorCode::kModel, {.where = "evaluation",
                                    .expected = "a model with files",
                                    .got = quoted(file_or_folder.string()),
                                    .hint = ""});
  }
  Sha256 hash;
  for (const fs::path& path : files) {
    const auto file = MappedFile::open(path, ErrorCode::kModel);
    const std::span<const std::byte> bytes = file->bytes();
    add_text(hash, path.filename().string());
    add_text(hash, std::to_string(bytes.size()));
    hash.update(bytes.first(std::min(kEnd, bytes.size())));
    hash.update(bytes.last(std::min(kEnd, bytes.size())));
  }
  return hash.hex_digest().substr(0, 16);
}

}  // namespace auris::eval
