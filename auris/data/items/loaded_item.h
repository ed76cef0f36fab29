#pragma once
// An item as a data set holds it, with its recordings.

#include <map>

#include "auris/audio/audio_clip.h"
#include "auris/data/items/item.h"
#include "auris/data/shards/shard_reader.h"

namespace auris::data {

struct LoadedItem {
  Item item;
  audio::AudioClip recording;                       // of the last turn; empty if it has none
  std::map<size_t, audio::AudioClip> earlier = {};  // of earlier turns, by their place in the history
};

// Without its recordings. kInput if it is damaged.
Item item_in(const Sample& sample);

// kInput if the item or one of its recordings is damaged.
LoadedItem load_item(const Sample& sample);
LoadedItem load_item(const ShardReader& data, uint64_t index);

}  // namespace auris::data
