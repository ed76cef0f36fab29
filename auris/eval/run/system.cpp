#include "auris/eval/run/system.h"

#include <fmt/format.h>

#include "auris/base/json_text.h"
#include "auris/base/sha256.h"

namespace auris::eval {
namespace {

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

}  // namespace auris::eval
