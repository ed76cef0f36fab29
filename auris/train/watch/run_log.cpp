#include "auris/train/watch/run_log.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auris/base/atomic_file.h"
#include "auris/base/json_text.h"
#include "auris/base/mapped_file.h"

namespace auris::train {
namespace {

std::optional<RunRecord> record_in(std::string_view line) {
  try {
    return run_record_from(parse_json(line, "record of a run", ErrorCode::kInput, {.max_depth = 4}));
  } catch (const Error&) {
    return std::nullopt;
  }
}

using LineVisitor = std::function<void(std::string_view line)>;

void visit_lines(const std::filesystem::path& path, const LineVisitor& visit) {
  const auto file = MappedFile::open(path, ErrorCode::kInput);
  const std::string_view text(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  size_t begin = 0;
  for (size_t end; (end = text.find('\n', begin)) != std::string_view::npos; begin = end + 1)
    visit(text.substr(begin, end - begin));
}

// The lines up to a step, in a new file of the same name; passes their records on.
RunLogReport keep_through(const std::filesystem::path& path, int64_t last_step, const RunVisitor& visit) {
  RunLogReport report;
  AtomicFile kept(path, ErrorCode::kInput);
  visit_lines(path, [&](std::string_view line) {
    const std::optional<RunRecord> record = record_in(line);
    if (!record) {
      ++report.damaged_lines;
    } else if (step_of(*record) > last_step) {
      ++report.forgotten_lines;
    } else {
      ++report.records;
      visit(*record);
      const std::string whole = std::string(line) + "\n";
      kept.write(std::as_bytes(std::span(whole)));
    }
  });
  kept.commit();
  return report;
}

}  // namespace

RunLogReport read_run_log(const std::filesystem::path& path, const RunVisitor& visit) {
  RunLogReport report;
  visit_lines(path, [&](std::string_view line) {
    const std::optional<RunRecord> record = record_in(line);
    ++(record ? report.records : report.damaged_lines);
    if (record) visit(*record);
  });
  return report;
}

RunLog::RunLog(const std::filesystem::path& path, int64_t last_step, const RunVisitor& visit) {
  if (std::filesystem::exists(path)) {
    const LineFile alone(path, "records of a run", ErrorCode::kInput, [](std::string_view) {});
    report_ = keep_through(path, last_step, visit);
  }
  file_ = std::make_unique<LineFile>(path, "records of a run", ErrorCode::kInput, [](std::string_view) {});
}

void RunLog::add(const RunRecord& record) { file_->add(json_line(to_json(record))); }

}  // namespace auris::train
