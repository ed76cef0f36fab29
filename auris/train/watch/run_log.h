#pragma once
// The records of a run, one a line, on the disk when add() returns. What was killed loses at most the line
// that was being written; a run that goes on from a checkpoint forgets what came behind it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

#include "auris/base/line_file.h"
#include "auris/train/watch/run_record.h"

namespace auris::train {

using RunVisitor = std::function<void(const RunRecord& record)>;

struct RunLogReport {
  int64_t records = 0;
  int64_t damaged_lines = 0;    // that are no records: passed over
  int64_t forgotten_lines = 0;  // behind the step to go on from
};

// Passes on every record; a last line without its end is no line. Nothing is changed. kInput if the file
// cannot be read.
RunLogReport read_run_log(const std::filesystem::path& path, const RunVisitor& visit);

class RunLog {
 public:
  // Passes on the records up to `last_step`, and removes all others from the file. 0 begins a new run. kInput
  // if the file cannot be read or written, or another run has it open.
  RunLog(const std::filesystem::path& path, int64_t last_step, const RunVisitor& visit);

  const RunLogReport& report() const { return report_; }
  void add(const RunRecord& record);

 private:
  RunLogReport report_;
  std::unique_ptr<LineFile> file_;
};

}  // namespace auris::train
