#pragma once
// Items from clips: which way to ask, who speaks the instruction and what the recording holds are chosen by
// the seed and the item's id alone, so that neither order nor company changes an item.

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "auris/audio/audio_clip.h"
#include "auris/data/items/item.h"
#include "auris/data/manifest/manifest.h"

namespace auris::data {

struct ItemOptions {
  uint64_t seed = 0;
  // Who speaks instructions (synthesis/voice.h).
  std::vector<std::string> voices = {"espeak-en-us-f2", "espeak-en-gb-m3", "flite-slt", "flite-awb"};
};

class ItemBuilder {
 public:
  // kUsage for voices that do not exist, or none.
  explicit ItemBuilder(ItemOptions options);

  // The id of the item that a clip gives, if it gives one.
  static std::string id_of(const Task& task, Configuration configuration, const Clip& clip);

  // The item that a clip gives, or why it gives none: "no_variant" (the task does not know the source's
  // labels), "no_answer" (the manifest does not tell it), "unknown_label" (it tells one that is none).
  std::variant<Item, Rejection> plan(const Task& task, Configuration configuration, const Clip& clip) const;

  // What an item says of its clip, whatever is asked about it.
  static Item about(const Clip& clip);

  // Its recording, 16 kHz: the clip, the spoken instruction, or the instruction, half a second of silence and
  // the clip; of a clip with two recordings both, with the same silence between them. Completes the item's
  // times, and the hash of each file that was read. kInput if the clip cannot be read.
  audio::AudioClip render(Item& item, const Clip& clip, const std::filesystem::path& folder);

 private:
  const audio::AudioClip& spoken(const std::string& text, const std::string& voice);

  using HashedBytes = std::tuple<std::filesystem::path, int64_t, int64_t>;  // offset and bytes
  const std::string& hash_of(const Clip& clip, const std::filesystem::path& folder);

  ItemOptions options_;
  HashedBytes hashed_;  // read last: stretches of one recording follow each other
  std::string hash_;
  std::map<std::pair<std::string, std::string>, audio::AudioClip> spoken_;  // by text and voice
};

}  // namespace auris::data
