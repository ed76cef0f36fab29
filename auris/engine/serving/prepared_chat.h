#pragma once
// A conversation ready to be run: ids, and the rows of sound in it, heard already.

#include <cstdint>
#include <functional>
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

// What is said in a recording; empty if nobody speaks. Throws as Transcriber::transcribe does.
using WriteDown =
    std::function<std::string(const audio::AudioClip& clip, const std::function<bool()>& cancelled)>;

struct Hearing {
  // In place of recordings a model that does not hear reads what this makes of them. Without it they are
  // refused.
  WriteDown write_down = {};
  std::function<bool()> cancelled = {};
};

// Hears what `heard` does not have yet, which takes its time. Throws as Processor::prepare, the model's
// listener and `hearing` do.
PreparedChat prepare_chat(const LanguageModel& model, std::vector<processor::Message> turns,
                          HearingCache& heard, const Hearing& hearing = {});

// A turn with its recordings as text: what is said in them is the turn itself if nothing is typed, else what
// the typed text is about.
std::string written_turn(const std::vector<std::string>& transcripts, const std::string& typed);

}  // namespace auris::engine
