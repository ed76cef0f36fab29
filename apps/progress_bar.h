#pragma once
// One line on stderr that shows how far a long job is. Draws only on a terminal, never with --quiet, and
// removes itself before other output.

#include <chrono>
#include <string>

#include "apps/program.h"

namespace auris::apps {

class ProgressBar {
 public:
  explicit ProgressBar(const CommonOptions& common);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // fraction in [0, 1]; negative if the total is not known. Redraws at most ten times a second.
  void update(double fraction, const std::string& label);
  void clear();

 private:
  bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace auris::apps
