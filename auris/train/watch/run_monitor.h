#pragma once
// All that a user watches, from the records of a run:
//
//   steps.jsonl                  every record (run_log.h)
//   events.out.tfevents.auris    the same for TensorBoard
//   live.html                    a page with curves, written anew while the run goes on
//
//   RunMonitor monitor({.folder = recipe.output, .title = "frames", .steps = 4000,
//                       .last_step = checkpoint.step, .line = print, .warning = warn});
//   monitor.add(StepRecord{...});
//   monitor.finish();

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "auris/train/watch/event_file.h"
#include "auris/train/watch/live_page.h"
#include "auris/train/watch/pace.h"
#include "auris/train/watch/run_log.h"
#include "auris/train/watch/run_warnings.h"

namespace auris::train {

struct MonitorOptions {
  std::filesystem::path folder;  // made if it is missing
  std::string title = {};
  int64_t steps = 1;
  int64_t last_step = 0;     // of the checkpoint that the run goes on from; 0 = a new run
  double page_every_s = 20;  // the page is written, and loads itself
  WarningLimits limits = {};
  std::vector<std::pair<std::string, std::string>> facts = {};  // of the run, for the page
  // Called in add(), for each step; for each warning.
  std::function<void(const std::string& line)> line = {};
  std::function<void(const RunWarning& warning)> warning = {};
};

class RunMonitor {
 public:
  static constexpr const char* kLogName = "steps.jsonl";
  static constexpr const char* kPageName = "live.html";
  static constexpr size_t kMaxWarnings = 200;  // on the page, the last ones

  // kInput if the files cannot be written, or another run writes them.
  explicit RunMonitor(const MonitorOptions& options);

  const RunLogReport& log_report() const { return log_->report(); }
  void add(const RunRecord& record);
  void finish();

 private:
  void take(const RunRecord& record, bool told);
  void write_page();

  MonitorOptions options_;
  Pace pace_;
  RunWarnings warnings_;
  LivePage page_;
  std::optional<EventFile> events_;
  std::optional<RunLog> log_;
  std::optional<std::chrono::steady_clock::time_point> page_written_;
};

}  // namespace auris::train
