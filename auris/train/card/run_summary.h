#pragma once
// A run in few figures, from its records.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "auris/train/watch/curve.h"
#include "auris/train/watch/run_record.h"

namespace auris::train {

struct RunSummary {
  int64_t steps = 0;  // the last one's number
  int64_t examples = 0, lost_examples = 0, tokens = 0;
  double audio_s = 0;
  double step_s = 0, wait_s = 0;  // all steps took; of it for data. Interruptions do not count
  Curve loss, token_accuracy, evaluation_loss;
  std::optional<EvaluationRecord> best = {};  // the first of equals
  int64_t evaluations = 0;
};

// Of a steps.jsonl (watch/run_log.h). A later evaluation is better if its loss is lower by more than
// `min_improvement`, a share, as a run decides it. kInput if the file cannot be read.
RunSummary summarize_run(const std::filesystem::path& log, double min_improvement = 0);

// A stretch of a curve and its mean there.
struct CurveStretch {
  double first_step = 0, last_step = 0, mean = 0;
};
// Up to `count` stretches with about as many points each.
std::vector<CurveStretch> stretches_of(const Curve& curve, size_t count);

}  // namespace auris::train
