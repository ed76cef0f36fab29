#pragma once
// What should worry whoever watches a run. A warning is given when its reason begins, and again only after it
// was over.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "auris/train/watch/pace.h"
#include "auris/train/watch/run_record.h"

namespace auris::train {

enum class WarningKind {
  kNotFinite,   // loss or gradients are NaN or infinite
  kScale,       // rows of sound are far stronger or weaker than embedded text
  kStarvation,  // training waits for data
  kLost,        // examples could not be loaded
};

struct RunWarning {
  WarningKind kind = WarningKind::kNotFinite;
  int64_t step = 0;
  std::string text;

  bool operator==(const RunWarning&) const = default;
};

struct WarningLimits {
  double scale = 3;            // of projector RMS over embedding RMS: outside [1 / scale, scale]
  double waiting_share = 0.2;  // over the last steps of Pace, once it has kLeastSteps
  static constexpr size_t kLeastSteps = 20;
};

class RunWarnings {
 public:
  explicit RunWarnings(const WarningLimits& limits = {}) : limits_(limits) {}

  // `pace` holds the record already.
  std::vector<RunWarning> take(const StepRecord& record, const Pace& pace);

 private:
  WarningLimits limits_;
  std::map<WarningKind, bool> on_;
};

}  // namespace auris::train
