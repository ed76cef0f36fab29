#include "auris/train/features/feature_cache.h"

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <xxhash.h>

#include "auris/base/atomic_file.h"
#include "auris/base/mapped_file.h"
#include "auris/base/sha256.h"

namespace auris::train {
namespace {

constexpr std::array<char, 8> kMagic = {'A', 'U', 'R', 'I', 'S', 'F', 'T', '1'};
constexpr uint32_t kMaxColumns = 1u << 16;
constexpr size_t kHashBytes = sizeof(uint64_t);

template <typename T>
void put(std::vector<std::byte>& bytes, const T* values, size_t count) {
  const auto* from = reinterpret_cast<const std::byte*>(values);
  bytes.insert(bytes.end(), from, from + count * sizeof(T));
}

uint32_t u32_at(std::span<const std::byte> bytes, size_t offset) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

// nullopt if the bytes are not exactly one whole record.
std::optional<models::EncodedAudio> parse(const std::shared_ptr<const MappedFile>& file) {
  std::span<const std::byte> bytes = file->bytes();
  constexpr size_t kFixed = kMagic.size() + 2 * sizeof(uint32_t);
  if (bytes.size() < kFixed + kHashBytes) return std::nullopt;
  std::span<const std::byte> body = bytes.first(bytes.size() - kHashBytes);
  uint64_t hash = 0;
  std::memcpy(&hash, bytes.data() + body.size(), kHashBytes);
  if (std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) return std::nullopt;
  if (hash != XXH3_64bits(body.data(), body.size())) return std::nullopt;

  size_t spans = u32_at(body, kMagic.size()), columns = u32_at(body, kMagic.size() + sizeof(uint32_t));
  if (columns == 0 || columns > kMaxColumns || spans > body.size() / sizeof(uint32_t)) return std::nullopt;
  models::EncodedAudio heard;
  for (size_t i = 0; i < spans; ++i) {
    if (kFixed + (i + 1) * sizeof(uint32_t) > body.size()) return std::nullopt;
    heard.layout.add(u32_at(body, kFixed + i * sizeof(uint32_t)));
  }
  std::span<const std::byte> numbers = body.subspan(kFixed + spans * sizeof(uint32_t));
  auto rows = static_cast<size_t>(heard.layout.rows());
  if (numbers.size() % (columns * sizeof(float)) != 0 || numbers.size() / (columns * sizeof(float)) != rows)
    return std::nullopt;
  // The offset is a multiple of four, which is all that kernels ask of activations read from a mapping; a
  // copy keeps them on whole cache lines and lets the file go.
  heard.hidden = Tensor::empty({static_cast<int64_t>(rows), static_cast<int64_t>(columns)});
  std::memcpy(heard.hidden.data<std::byte>(), numbers.data(), numbers.size());
  return heard;
}

}  // namespace

FeatureCache::FeatureCache(std::filesystem::path folder, std::string encoder)
    : folder_(std::move(folder)), encoder_(std::move(encoder)) {}

std::string FeatureCache::key_of(std::span<const models::AudioWindow> windows) const {
  Sha256 sha;
  sha.update(std::as_bytes(std::span<const char>(encoder_.c_str(), encoder_.size() + 1)));
  for (const models::AudioWindow& window : windows) {
    std::array<int64_t, 3> sizes = {window.frames, window.mel.rows(), window.mel.cols()};
    sha.update(std::as_bytes(std::span<const int64_t>(sizes)));
    sha.update(std::as_bytes(window.mel.span<float>()));
  }
  return sha.hex_digest();
}

std::filesystem::path FeatureCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / (key + ".rows");
}

std::optional<models::EncodedAudio> FeatureCache::find(const std::string& key) const {
  std::filesystem::path path = path_of(key);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  std::optional<models::EncodedAudio> heard = parse(MappedFile::open(path, ErrorCode::kInput));
  if (!heard) ++damaged_;
  return heard;
}

void FeatureCache::add(const std::string& key, const models::EncodedAudio& heard) const {
  AURIS_CHECK(heard.layout.rows() == heard.hidden.rows() && heard.layout.key_bias.empty());
  std::vector<std::byte> bytes;
  put(bytes, kMagic.data(), kMagic.size());
  std::vector<uint32_t> sizes = {static_cast<uint32_t>(heard.layout.spans.size()),
                                 static_cast<uint32_t>(heard.hidden.cols())};
  for (const RowSpan& span : heard.layout.spans) sizes.push_back(static_cast<uint32_t>(span.row_count));
  put(bytes, sizes.data(), sizes.size());
  put(bytes, heard.hidden.data<float>(), static_cast<size_t>(heard.hidden.elements()));
  uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  put(bytes, &hash, 1);
  write_whole(path_of(key), bytes, ErrorCode::kUsage);
}

}  // namespace auris::train
