#pragma once
// One thing to learn, as a model reads it: rows of a conversation, and the tokens that it should have
// written.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auris/data/responses/answer_logits.h"
#include "auris/processor/model_input.h"

namespace auris::train {

struct PreparedExample {
  std::string id;
  processor::ModelInput input = {};  // prompt and answer
  int64_t answer_begin = 0;          // the answer's first row; the row before it is asked for its token
  double audio_s = 0.0;              // of all recordings
  std::optional<data::AnswerLogits> teacher = {};  // what a teacher thought at every token of the answer
  bool ends_turn = true;                           // the answer's last token is the end of the turn
  std::vector<int32_t> words = {};                 // what is said in its recordings; empty if it is not known

  int64_t answer_tokens() const { return input.rows() - answer_begin; }
  bool hears() const { return !input.audio.empty(); }
};

}  // namespace auris::train
