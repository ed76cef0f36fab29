#include "auris/train/watch/run_monitor.h"

#include <span>

#include "auris/base/atomic_file.h"
#include "auris/base/error.h"

namespace auris::train {

RunMonitor::RunMonitor(const MonitorOptions& options) : options_(options), warnings_(options.limits) {
  page_.title = options.title;
  page_.steps = options.steps;
  page_.reload_s = options.page_every_s;
  page_.facts = options.facts;
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    throw Error(ErrorCode::kInput, {.where = "run",
                                    .expected = "to make the folder " + quoted(options.folder.string()),
                                    .got = error.message(),
                                    .hint = ""});
  }
  log_.emplace(options.folder / kLogName, options.last_step,
               [&](const RunRecord& record) { take(record, false); });
  if (page_.step > 0) write_page();
}

void RunMonitor::take(const RunRecord& record, bool told) {
  if (!events_) events_.emplace(options_.folder / EventFile::kFileName, time_of(record));
  const std::map<std::string, double> curves = curves_of(record);
  events_->add(step_of(record), time_of(record), curves);
  for (const auto& [name, value] : curves) page_.curves[name].add(step_of(record), value);
  page_.step = step_of(record);
  const auto* step = std::get_if<StepRecord>(&record);
  if (step == nullptr) return;
  pace_.add(*step);
  page_.progress = progress_line(*step, pace_, options_.steps);
  for (const RunWarning& warning : warnings_.take(*step, pace_)) {
    if (page_.warnings.size() == kMaxWarnings) page_.warnings.erase(page_.warnings.begin());
    page_.warnings.push_back(warning);
    if (told && options_.warning) options_.warning(warning);
  }
  if (told && options_.line) options_.line(page_.progress);
}

void RunMonitor::add(const RunRecord& record) {
  log_->add(record);
  take(record, true);
  const auto now = std::chrono::steady_clock::now();
  const bool due =
      !page_written_ || std::chrono::duration<double>(now - *page_written_).count() >= options_.page_every_s;
  if (due) write_page();
}

void RunMonitor::write_page() {
  const std::string html = html_of(page_);
  write_whole(options_.folder / kPageName, html, ErrorCode::kInput);
  page_written_ = std::chrono::steady_clock::now();
}

void RunMonitor::finish() {
  page_.finished = true;
  write_page();
}

}  // namespace auris::train
