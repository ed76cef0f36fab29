#pragma once
// What a model reads: token ids with places for rows of sound, and the sound itself.

#include <cstdint>
#include <memory>
#include <vector>

#include "auris/models/audio_llm/audio_llm.h"
#include "auris/tensor/row_layout.h"

namespace auris::processor {

// The rows of one recording.
struct AudioSegment {
  int64_t row_begin = 0;
  int64_t row_count = 0;
  size_t first_window = 0;  // no windows for a model that hears words
  size_t window_count = 0;
};

struct ModelInput {
  std::vector<int32_t> ids;                  // [rows]; models::kAudioRow where sound goes
  std::vector<models::AudioWindow> windows;  // of all recordings, in the order of their rows
  std::vector<AudioSegment> audio;           // a segment per recording, in row order
  // Instead of windows, for a model that hears words: one per recording, in row order.
  std::vector<std::shared_ptr<const models::HeardSpeech>> heard = {};

  int64_t rows() const { return static_cast<int64_t>(ids.size()); }
  RowLayout layout(int64_t position_begin = 0, SequenceId sequence = kNoSequence) const {
    return RowLayout::single(rows(), position_begin, sequence);
  }
};

}  // namespace auris::processor
