#include "auris/train/features/sealed_file.h"

#include <algorithm>

#include <xxhash.h>

#include "auris/base/atomic_file.h"

namespace auris::train {

void SealedWriter::write(const std::filesystem::path& path) {
  const uint64_t hash = XXH3_64bits(bytes_.data(), bytes_.size());
  put(std::span<const uint64_t>(&hash, 1));
  write_whole(path, bytes_, ErrorCode::kUsage);
}

std::optional<SealedReader> SealedReader::open(const std::filesystem::path& path, std::string_view magic) {
  SealedReader reader;
  reader.file_ = MappedFile::open(path, ErrorCode::kInput);
  const std::span<const std::byte> bytes = reader.file_->bytes();
  uint64_t hash = 0;
  if (bytes.size() < magic.size() + sizeof(hash)) return std::nullopt;
  const std::span<const std::byte> body = bytes.first(bytes.size() - sizeof(hash));
  std::memcpy(&hash, bytes.data() + body.size(), sizeof(hash));
  if (!std::ranges::equal(body.first(magic.size()), std::as_bytes(std::span(magic)))) return std::nullopt;
  if (hash != XXH3_64bits(body.data(), body.size())) return std::nullopt;
  reader.left_ = body.subspan(magic.size());
  return reader;
}

}  // namespace auris::train
