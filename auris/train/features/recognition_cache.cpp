#include "auris/train/features/recognition_cache.h"

#include <algorithm>
#include <utility>

#include "auris/base/sha256.h"
#include "auris/train/features/sealed_file.h"

namespace auris::train {
namespace {

using processor::Recognition;

constexpr std::string_view kMagic = "AURISRC2";
constexpr uint32_t kMaxColumns = 1u << 16;

uint32_t rows_of(const Tensor& tensor) { return tensor.defined() ? static_cast<uint32_t>(tensor.rows()) : 0; }
uint32_t columns_of(const Tensor& tensor) {
  return tensor.defined() ? static_cast<uint32_t>(tensor.cols()) : 0;
}

bool take_rows(SealedReader& file, uint32_t rows, uint32_t columns, Tensor& tensor) {
  if (rows == 0) return true;
  if (columns == 0 || columns > kMaxColumns) return false;
  if (size_t{rows} > file.left() / (sizeof(float) * columns)) return false;
  tensor = Tensor::empty({rows, columns});
  return file.take(tensor.span<float>());
}

// Null if the bytes are not exactly one whole record.
std::shared_ptr<const Recognition> parse(SealedReader file) {
  uint32_t bytes = 0, tokens = 0, state_columns = 0, sound = 0, sound_columns = 0;
  for (uint32_t* size : {&bytes, &tokens, &state_columns, &sound, &sound_columns}) {
    if (!file.take_u32(*size)) return nullptr;
  }
  if (tokens > file.left() / sizeof(uint32_t) || bytes > file.left()) return nullptr;
  auto heard = std::make_shared<Recognition>();
  std::vector<uint32_t> ends(tokens);
  heard->text.resize(bytes);
  if (!file.take(std::span(ends)) || !file.take(std::span(heard->text))) return nullptr;
  heard->token_ends.assign(ends.begin(), ends.end());
  if (!take_rows(file, tokens, state_columns, heard->states)) return nullptr;
  if (!take_rows(file, sound, sound_columns, heard->sound)) return nullptr;
  return file.left() == 0 ? heard : nullptr;
}

}  // namespace

RecognitionCache::RecognitionCache(std::filesystem::path folder, std::string listener)
    : folder_(std::move(folder)), listener_(std::move(listener)) {}

std::shared_ptr<const Recognition> RecognitionCache::listen(const processor::Listener& listener,
                                                            const processor::Clip& clip) const {
  const std::string key = key_of(*clip);
  if (auto known = find(key)) return known;
  auto fresh = listener.listen(clip);
  add(key, *fresh);
  return fresh;
}

std::string RecognitionCache::key_of(const audio::AudioClip& clip) const {
  Sha256 sha;
  sha.update(std::as_bytes(std::span<const char>(listener_.c_str(), listener_.size() + 1)));
  sha.update(std::as_bytes(std::span<const int>(&clip.sample_rate_hz, 1)));
  sha.update(std::as_bytes(std::span<const float>(clip.samples)));
  return sha.hex_digest();
}

std::filesystem::path RecognitionCache::path_of(const std::string& key) const {
  return folder_ / key.substr(0, 2) / (key + ".words");
}

std::shared_ptr<const Recognition> RecognitionCache::find(const std::string& key) const {
  const std::filesystem::path path = path_of(key);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return nullptr;
  auto file = SealedReader::open(path, kMagic);
  return file ? parse(*std::move(file)) : nullptr;
}

void RecognitionCache::add(const std::string& key, const Recognition& heard) const {
  const bool has_states = heard.states.defined(), has_sound = heard.sound.defined();
  AURIS_CHECK(rows_of(heard.states) == heard.token_ends.size());
  SealedWriter file(kMagic);
  file.put_u32(static_cast<uint32_t>(heard.text.size()));
  file.put_u32(static_cast<uint32_t>(heard.token_ends.size()));
  file.put_u32(columns_of(heard.states));
  file.put_u32(rows_of(heard.sound));
  file.put_u32(columns_of(heard.sound));
  for (const size_t end : heard.token_ends) file.put_u32(static_cast<uint32_t>(end));
  file.put(std::span<const char>(heard.text));
  // Slices of longer tensors are whole rows one behind the other, too.
  if (has_states) file.put(std::span<const float>(heard.states.span<float>()));
  if (has_sound) file.put(std::span<const float>(heard.sound.span<float>()));
  file.write(path_of(key));
}

}  // namespace auris::train
