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

void add_sound(Sha256& hash, const audio::AudioClip& recording) {
  add_text(hash, std::to_string(recording.sample_rate_hz));
  hash.update(std::as_bytes(std::span(recording.samples)));
}

}  // namespace

std::string prediction_key(const nlohmann::ordered_json& settings, const LoadedItem& asked) {
  const data::Item& item = asked.item;
  Sha256 hash;
  add_text(hash, json_line(settings));
  add_text(hash, fmt::format("{}/{}/{}", item.task, item.variant, item.task_version));
  add_text(hash, item.prompt);
  add_sound(hash, asked.recording);
  for (const data::EarlierTurn& turn : item.history) {
    add_text(hash, name_of(turn.role));
    add_text(hash, turn.text);
  }
  for (const auto& [turn, recording] : asked.earlier) {
    add_text(hash, fmt::format("{}: {} samples", turn, recording.samples.size()));
    add_sound(hash, recording);
  }
  return hash.hex_digest();
}

}  // namespace auris::eval
