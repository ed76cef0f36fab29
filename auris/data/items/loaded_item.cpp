#include "auris/data/items/loaded_item.h"

#include <span>

#include "auris/audio/decode.h"
#include "auris/base/json_text.h"

namespace auris::data {

Item item_in(const Sample& sample) {
  const std::string& text = content_of(sample, "json");
  return item_from(parse_json(text, sample.key, ErrorCode::kInput, {.max_depth = 8}), sample.key);
}

LoadedItem load_item(const Sample& sample) {
  const auto decoded = [&](const std::string& extension) {
    const std::string& wav = content_of(sample, extension);
    return audio::decode_audio(audio::AudioSource::memory(std::as_bytes(std::span(wav)), sample.key));
  };
  LoadedItem loaded{.item = item_in(sample), .recording = {}};
  for (size_t turn = 0; turn < loaded.item.history.size(); ++turn) {
    if (loaded.item.history[turn].has_recording()) loaded.earlier[turn] = decoded(recording_name(turn));
  }
  if (loaded.item.has_recording()) loaded.recording = decoded("wav");
  return loaded;
}

LoadedItem load_item(const ShardReader& data, uint64_t index) { return load_item(data.read(index)); }

}  // namespace auris::data
