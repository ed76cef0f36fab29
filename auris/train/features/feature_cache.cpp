#include "auris/train/features/feature_cache.h"

#include <array>
#include <utility>

#include "auris/base/sha256.h"
#include "auris/train/features/sealed_file.h"

namespace auris::train {
namespace {

constexpr std::string_view kMagic = "AURISFT1";
constexpr uint32_t kMaxColumns = 1u << 16;

// nullopt if the bytes are not exactly one whole record.
std::optional<models::EncodedAudio> parse(SealedReader file) {
  uint32_t spans = 0, columns = 0;
  if (!file.take_u32(spans) || !file.take_u32(columns)) return std::nullopt;
  if (columns == 0 || columns > kMaxColumns || spans > file.left() / sizeof(uint32_t)) return std::nullopt;
  models::EncodedAudio heard;
  for (uint32_t i = 0; i < spans; ++i) {
    uint32_t rows = 0;
    file.take_u32(rows);
    heard.layout.add(rows);
  }
  const auto rows = static_cast<size_t>(heard.layout.rows()), row_bytes = columns * sizeof(float);
  if (file.left() % row_bytes != 0 || file.left() / row_bytes != rows) return std::nullopt;
  // A copy keeps rows on whole cache lines and lets the file go.
  heard.hidden = Tensor::empty({static_cast<int64_t>(rows), static_cast<int64_t>(columns)});
  file.take(heard.hidden.span<float>());
  return heard;
}

}  // namespace

FeatureCache::FeatureCache(std::filesystem::path folder, std::string encoder)
    : folder_(std::move(folder)), encoder_(std::move(encoder)) {}

models::EncodedAudio FeatureCache::hear(const models::AudioLlm& ears,
                                        std::span<const models::AudioWindow> windows) const {
  const std::string key = key_of(windows);
  if (auto known = find(key)) return *std::move(known);
  models::EncodedAudio fresh = ears.hear(windows);
  add(key, fresh);
  return fresh;
}

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
  auto file = SealedReader::open(path, kMagic);
  std::optional<models::EncodedAudio> heard;
  if (file) heard = parse(*std::move(file));
  if (!heard) ++damaged_;
  return heard;
}

void FeatureCache::add(const std::string& key, const models::EncodedAudio& heard) const {
  AURIS_CHECK(heard.layout.rows() == heard.hidden.rows() && heard.layout.key_bias.empty());
  SealedWriter file(kMagic);
  file.put_u32(static_cast<uint32_t>(heard.layout.spans.size()));
  file.put_u32(static_cast<uint32_t>(heard.hidden.cols()));
  for (const RowSpan& span : heard.layout.spans) file.put_u32(static_cast<uint32_t>(span.row_count));
  file.put(std::span<const float>(heard.hidden.span<float>()));
  file.write(path_of(key));
}

}  // namespace auris::train
