#pragma once
// How fast a run is, over its last steps, and the line that says so.

#include <cstdint>
#include <deque>
#include <string>

#include "auris/train/watch/run_record.h"

namespace auris::train {

class Pace {
 public:
  static constexpr size_t kSteps = 50;

  void add(const StepRecord& record);

  // Over the last kSteps; 0 before the first.
  double step_s() const;
  double audio_s_per_s() const;
  double waiting_share() const;
  size_t steps() const { return last_.size(); }

 private:
  double sum(double StepRecord::*figure) const;

  std::deque<StepRecord> last_;
};

// "step 120/4000  loss 2.314  tokens 46.1 %  lr 9.8e-04  52 s audio/s  1 h 03 min left". The learning rate is
// that of the part with the highest one.
std::string progress_line(const StepRecord& record, const Pace& pace, int64_t steps);

// "42 s", "7 min 05 s", "1 h 03 min", "3 d 04 h".
std::string duration_text(double seconds);

}  // namespace auris::train
