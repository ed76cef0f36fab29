#pragma once
// What a step comes to, over the batches of all processes.

#include <cstdint>

#include "auris/train/objectives/batch_loss.h"
#include "auris/train/parallel/process_group.h"
#include "auris/train/watch/run_record.h"

namespace auris::train {

struct StepSums {
  StepRecord record = {};   // of it loss, losses, examples, tokens, audio_s, embedding_rms (of one)
  int64_t correct = 0;      // answer tokens that were the likeliest
  int64_t sounding = 0;     // batches with sound
  double sounding_rms = 0;  // the sum of their projected_rms
};

// Of this process's batches in, of all processes' out.
void sum_over(ProcessGroup& processes, StepSums& sums);
void sum_over(ProcessGroup& processes, StepCounts& counts);

}  // namespace auris::train
