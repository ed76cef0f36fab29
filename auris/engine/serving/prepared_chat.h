#pragma once
// A conversation ready to be run: ids, and the rows of sound in it, heard already.

#include <cstdint>
#include <string>
#include <vector>

#include "auris/engine/language_model.h"
#include "auris/engine/serving/clip_key.h"
#include "auris/engine/serving/hearing_cache.h"

namespace auris::engine {

struct PreparedChat {
  std::vector<int32_t> ids;                    // [rows]; models::kAudioRow where sound goes
  std::vector<processor::AudioSegment> audio;  // a segment per recording, in row order
  std::vector<std::string> keys;               // of these recordings (key_of)
  Tensor sound = {};                           // [rows of all segments, hidden]; undefined for none

  int64_t sound_rows() const { return sound.defined() ? sound.rows() : 0; }
  // The ids with the number of its recording at every row of sound: equal ids mean equal rows.
  std::vector<int32_t> numbered(ClipNumbers& numbers) const;
};

// Hears what `heard` does not have yet, which takes its time. Throws as Processor::prepare and the model's
// listener do.
PreparedChat prepare_chat(const LanguageModel& model, std::vector<processor::Message> turns,
                          HearingCache& heard);

}  // namespace auris::engine
