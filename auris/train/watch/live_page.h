#pragma once
// A run as a page: how far it is, its curves and its warnings. While the run goes on the page loads itself
// again.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auris/train/watch/curve.h"
#include "auris/train/watch/run_warnings.h"

namespace auris::train {

struct LivePage {
  std::string title;
  int64_t step = 0, steps = 0;
  std::string progress;  // the progress line
  bool finished = false;
  double reload_s = 20;
  std::vector<std::pair<std::string, std::string>> facts = {};  // name and value: what is trained on what
  std::map<std::string, Curve> curves = {};                     // by the names of curves_of()
  std::vector<RunWarning> warnings = {};                        // the first ones first
};

std::string html_of(const LivePage& page);

std::string_view live_script();  // live_page.js

}  // namespace auris::train
