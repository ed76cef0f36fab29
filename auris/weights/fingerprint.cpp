#include "auris/weights/fingerprint.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"

namespace auris::weights {
namespace {

namespace fs = std::filesystem;

// Lengths keep neighbours apart.
void add_text(Sha256& hash, std::string_view text) {
  const std::string length = std::to_string(text.size()) + ":";
  hash.update(std::as_bytes(std::span(length)));
  hash.update(std::as_bytes(std::span(text)));
}

}  // namespace

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
    throw Error(ErrorCode::kModel, {.where = "model",
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

}  // namespace auris::weights
