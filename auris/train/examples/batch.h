#pragma once
// Examples packed one behind the other, without padding: what one forward pass reads.

#include <memory>
#include <span>
#include <vector>

#include "auris/train/examples/prepared_example.h"

namespace auris::train {

struct Batch {
  std::vector<std::shared_ptr<const PreparedExample>> examples;
  std::vector<int32_t> ids;                  // [rows]; models::kAudioRow where sound goes
  RowLayout layout;                          // a span per example
  std::vector<models::AudioWindow> windows;  // of all examples, in the order of their rows
  std::vector<std::shared_ptr<const models::HeardSpeech>> heard;  // instead, for a model that hears words
  std::vector<int32_t> target_rows;  // rows whose next token is to be learnt, ascending
  std::vector<int32_t> targets;      // these tokens

  double audio_s() const;
};

// Every example needs a row before its answer and an answer (AURIS_CHECK).
Batch pack(std::span<const std::shared_ptr<const PreparedExample>> examples);

}  // namespace auris::train
